import { Command } from 'commander'
import type { ConsumerList, ConsumerReport } from 'dovetail-protocol'
import { addServerOptions, addTokenOption, parseChoice } from '../../options/server-options.ts'
import { formatTable } from '../../terminal/table.ts'
import type { Terminal } from '../../terminal/terminal.ts'
import { askServer } from './ask-server.ts'

/** `dovetail consumer list`, `show`, `reset` and `delete`. */
export function consumerCommand(terminal: Terminal): Command {
  const command = new Command('consumer').description('see consumers and how far they are, move and delete them')
  for (const make of [listCommand, showCommand, resetCommand, deleteCommand]) {
    const each = make(terminal)
    addServerOptions(each)
    addTokenOption(each)
    command.addCommand(each)
  }
  return command
}

function listCommand(terminal: Terminal): Command {
  const command = new Command('list')
    .description('show all consumers and how far they are')
    .option('--json', 'a JSON line for each consumer')
  return command.action(async () => {
    const { consumers } = (await ask(command, terminal, 'GET', '')) as ConsumerList
    const reports: ConsumerReport[] = []
    for (const { name } of consumers)
      reports.push((await ask(command, terminal, 'GET', pathOf(name))) as ConsumerReport)
    if (isJson(command)) return printLines(terminal, reports)
    const rows = reports.map(({ name, pattern, createdAt, channels, behind, lag, workers }) => [
      ...[name, pattern, createdAt, String(channels), String(behind), String(lag), String(workers.length)],
    ])
    printTable(terminal, ['name', 'pattern', 'made', 'channels', 'behind', 'lag', 'workers'], rows)
  })
}

function showCommand(terminal: Terminal): Command {
  const command = new Command('show')
    .description('show how far a consumer is, and who works for it')
    .argument('<consumer>', 'its name')
    .option('--json', 'as JSON')
  return command.action(async (name: string) => {
    const report = (await ask(command, terminal, 'GET', pathOf(name))) as ConsumerReport
    if (isJson(command)) return printLines(terminal, [report])
    const { pattern, createdAt, channels, behind, lag, workers } = report
    printTable(
      terminal,
      ['pattern', 'made', 'channels', 'behind', 'lag'],
      [[pattern, createdAt, String(channels), String(behind), String(lag)]],
    )
    if (workers.length === 0) terminal.stdout('\nno worker holds a channel\n')
    else {
      terminal.stdout('\n')
      printTable(
        terminal,
        ['worker', 'holds'],
        workers.map(({ worker, channels: held }) => [worker, String(held)]),
      )
    }
  })
}

function resetCommand(terminal: Terminal): Command {
  const command = new Command('reset')
    .description('have everything given again, or only what comes from now on')
    .argument('<consumer>', 'its name')
    .requiredOption('--to <where>', 'beginning or now')
  return command.action(async (name: string) => {
    const to = parseChoice('--to', command.opts<{ to: string }>().to, ['beginning', 'now'])
    await ask(command, terminal, 'POST', `${pathOf(name)}/reset`, { to })
    terminal.stderr(to === 'now' ? `${name} is at the heads of its channels\n` : `${name} is at the beginning\n`)
  })
}

function deleteCommand(terminal: Terminal): Command {
  const command = new Command('delete')
    .description('delete a consumer with its position')
    .argument('<consumer>', 'its name')
  return command.action(async (name: string) => {
    await ask(command, terminal, 'DELETE', pathOf(name))
    terminal.stderr(`deleted ${name}\n`)
  })
}

function pathOf(name: string): string {
  return `/${encodeURIComponent(name)}`
}

function isJson(command: Command): boolean {
  return command.opts<{ json?: true }>().json === true
}

function printLines(terminal: Terminal, items: readonly object[]): void {
  for (const item of items) terminal.stdout(`${JSON.stringify(item)}\n`)
}

function printTable(terminal: Terminal, head: readonly string[], rows: readonly (readonly string[])[]): void {
  terminal.stdout(`${formatTable({ head, aligns: head.map(() => 'left'), rows })}\n`)
}

function ask(command: Command, terminal: Terminal, method: string, path: string, body?: object): Promise<unknown> {
  return askServer(command, terminal, { method, path: `/v1/consumers${path}`, body, staff: 'a service or an admin' })
}
