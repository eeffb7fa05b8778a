import { Command } from 'commander'
import type { DeadLetter, DeadLetterList, WebhookDelivery, WebhookList } from 'dovetail-protocol'
import { CommandFailure } from '../../failures/command-failure.ts'
import { addServerOptions, addTokenOption } from '../../options/server-options.ts'
import { formatTable } from '../../terminal/table.ts'
import type { Terminal } from '../../terminal/terminal.ts'
import { askServer } from './ask-server.ts'

/** `dovetail webhooks list`, `failed`, `replay`, `test` and `resume`. */
export function webhooksCommand(terminal: Terminal): Command {
  const command = new Command('webhooks').description('see webhooks, and send again what they gave up')
  const all = [listCommand, failedCommand, replayCommand, testCommand, resumeCommand]
  for (const make of all) {
    const each = make(terminal)
    addServerOptions(each)
    addTokenOption(each)
    command.addCommand(each)
  }
  return command
}

function listCommand(terminal: Terminal): Command {
  const command = new Command('list')
    .description('show all webhooks and how they are')
    .option('--json', 'a JSON line for each webhook')
  return command.action(async () => {
    const { webhooks } = (await ask(command, terminal, 'GET', '')) as WebhookList
    const rows = webhooks.map((each) => [
      ...[each.name, each.pattern, each.url, each.endedAt === null ? 'active' : `ended ${each.endedAt}`],
      ...[String(each.failingChannels), each.failingSince ?? '', String(each.deadLetters)],
    ])
    print(command, terminal, webhooks, ['name', 'pattern', 'url', 'state', 'failing channels', 'since', 'failed'], rows)
  })
}

function failedCommand(terminal: Terminal): Command {
  const command = new Command('failed')
    .description('show the events that a webhook gave up, the oldest first')
    .argument('<webhook>', 'its name, as dovetail webhooks list shows it')
    .option('--json', 'a JSON line for each event')
  return command.action(async (name: string) => {
    const letters = await allFailed(command, terminal, name)
    const rows = letters.map((each) => [
      each.id,
      each.type,
      each.channel,
      String(each.attempts),
      each.givenUpAt,
      each.reason,
    ])
    print(command, terminal, letters, ['id', 'type', 'channel', 'attempts', 'given up', 'reason'], rows)
  })
}

function replayCommand(terminal: Terminal): Command {
  const command = new Command('replay')
    .description('send events again that a webhook gave up; what is accepted leaves the list')
    .argument('<webhook>', 'its name')
    .argument('[id...]', 'the ids of events; none: all of them, the oldest first')
  return command.action(async (name: string, named: readonly string[]) => {
    const ids = named.length > 0 ? named : (await allFailed(command, terminal, name)).map(({ id }) => id)
    let accepted = 0
    for (const id of ids) {
      const path = `${pathOf(name)}/failed/${encodeURIComponent(id)}/replay`
      const delivery = (await ask(command, terminal, 'POST', path)) as WebhookDelivery
      if (delivery.accepted) accepted++
      else terminal.stderr(`${id}: ${delivery.result}\n`)
    }
    terminal.stderr(`replayed ${accepted} of ${ids.length}\n`)
    if (accepted < ids.length) throw new CommandFailure(`${ids.length - accepted} were not accepted`)
  })
}

function testCommand(terminal: Terminal): Command {
  const command = new Command('test')
    .description('send an event of the type webhook.test')
    .argument('<webhook>', 'its name')
  return command.action(async (name: string) => {
    const { accepted, result } = (await ask(command, terminal, 'POST', `${pathOf(name)}/test`)) as WebhookDelivery
    if (!accepted) throw new CommandFailure(`${name} did not accept it: ${result}`)
    terminal.stderr(`${name} accepted it: ${result}\n`)
  })
}

function resumeCommand(terminal: Terminal): Command {
  const command = new Command('resume')
    .description('go on with a webhook that its receiver ended by 410')
    .argument('<webhook>', 'its name')
  return command.action(async (name: string) => {
    await ask(command, terminal, 'POST', `${pathOf(name)}/resume`)
    terminal.stderr(`resumed ${name}\n`)
  })
}

function pathOf(name: string): string {
  return `/${encodeURIComponent(name)}`
}

async function allFailed(command: Command, terminal: Terminal, name: string): Promise<readonly DeadLetter[]> {
  const all: DeadLetter[] = []
  for (let after = ''; ; ) {
    const page = (await ask(command, terminal, 'GET', `${pathOf(name)}/failed?after=${after}`)) as DeadLetterList
    all.push(...page.failed)
    const last = page.failed.at(-1)
    if (!page.more || last === undefined) return all
    after = last.id
  }
}

function print(
  command: Command,
  terminal: Terminal,
  items: readonly object[],
  head: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  if (command.opts<{ json?: true }>().json === true)
    for (const item of items) terminal.stdout(`${JSON.stringify(item)}\n`)
  else terminal.stdout(`${formatTable({ head, aligns: head.map(() => 'left'), rows })}\n`)
}

function ask(command: Command, terminal: Terminal, method: string, path: string): Promise<unknown> {
  return askServer(command, terminal, { method, path: `/v1/webhooks${path}`, staff: 'a service or an admin' })
}
