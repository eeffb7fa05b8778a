import { setImmediate as turn } from 'node:timers/promises'
import { Command } from 'commander'
import { type ConsumeOptions, consume, DovetailError, type WorkerPage } from 'dovetail-client/follow'
import { CommandFailure } from '../../failures/command-failure.ts'
import { UsageFailure } from '../../failures/usage-failure.ts'
import { parseInteger } from '../../options/parse-number.ts'
import { addServerOptions, addTokenOption, callerToken, parseChoice, serverUrl } from '../../options/server-options.ts'
import type { Terminal } from '../../terminal/terminal.ts'
import { BatchCommand } from './batch-command.ts'
import { endOf } from './end-of.ts'

interface Flags {
  readonly pattern?: string
  readonly from: string
  readonly worker?: string
  readonly limit?: string
  readonly count?: string
  readonly attempts?: string
}

/** What is done with one batch. False: it is given back, and the command ends. */
type Handle = (page: WorkerPage, lines: string) => Promise<boolean>

/**
 * `dovetail consume`: a worker of a consumer. It prints a JSON line for each change, or runs a command for each batch,
 * and acknowledges what was printed, or what the command ended well with.
 */
export function consumeCommand(terminal: Terminal): Command {
  const command = new Command('consume')
    .description('work for a consumer: a JSON line per change, or a command per batch of them')
    .argument('<consumer>', 'its name; where it is not there, it is made')
    .argument(
      '[command...]',
      'behind --: run for each batch, with the lines on its stdin; acknowledged when it ends with 0',
    )
    .option('--pattern <pattern>', "the channels: a name, or 'project:*'")
    .option('--from <where>', 'where a new consumer begins: beginning or now', 'now')
    .option('--worker <name>', 'the name of this worker, for people (default: a random one)')
    .option('--limit <number>', 'the most changes of a batch')
    .option('--count <number>', 'end with the batch that has the change of this number')
    .option('--attempts <number>', 'end when the command failed so often with a batch (default: try until it succeeds)')
  addServerOptions(command)
  addTokenOption(command)
  return command.action(async (consumer: string, args: readonly string[]) => {
    const flags = command.opts<Flags>()
    const token = callerToken(command, terminal.environment)
    if (token === undefined) throw new UsageFailure('this needs the --token of a service or an admin')
    const url = serverUrl(command, terminal.environment)
    const options = { ...optionsOf(consumer, flags), url, token }
    await work(terminal, options, args, flags).catch((error) => {
      throw error instanceof DovetailError ? new CommandFailure(error.message, { cause: error }) : error
    })
  })
}

function optionsOf(consumer: string, { pattern, from, worker, limit }: Flags): Omit<ConsumeOptions, 'url' | 'signal'> {
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(consumer)) throw new UsageFailure(`"${consumer}" is no name for a consumer`)
  if (pattern === undefined) throw new UsageFailure("--pattern says which channels, such as 'project:*'")
  return {
    ...{ consumer, pattern, from: parseChoice('--from', from, ['beginning', 'now']) },
    ...(worker === undefined ? {} : { worker }),
    ...(limit === undefined ? {} : { limit: parseInteger('--limit', limit, 1, 1e6) }),
  }
}

async function work(
  terminal: Terminal,
  options: Omit<ConsumeOptions, 'signal'>,
  args: readonly string[],
  { count, attempts }: Flags,
): Promise<void> {
  if (attempts !== undefined && args.length === 0) throw new UsageFailure('--attempts is for a command behind --')
  const most = count === undefined ? Number.POSITIVE_INFINITY : parseInteger('--count', count, 1, 1e12)
  const tries = attempts === undefined ? Number.POSITIVE_INFINITY : parseInteger('--attempts', attempts, 1, 1e6)
  const control = endOf(terminal)
  const { signal } = control
  const handle = args.length === 0 ? printing(terminal) : running(terminal, options.consumer, args, tries, signal)
  let done = 0
  for await (const page of consume({ ...options, signal })) {
    if (!(await handle(page, linesOf(page)))) return
    done += page.channels.reduce((sum, part) => sum + ('changes' in part ? part.changes.length : 0), 0)
    // This page is acknowledged when the loop asks for the next one, and none comes then.
    if (done >= most) control.abort()
  }
}

/** Node writes to files, pipes and terminals before it goes on; that nobody reads any more is told a turn later. */
function printing(terminal: Terminal): Handle {
  let isGone = false
  terminal.onStdoutGone(() => {
    isGone = true
  })
  return async (_page, lines) => {
    terminal.stdout(lines)
    await turn()
    return !isGone
  }
}

function running(
  terminal: Terminal,
  consumer: string,
  args: readonly string[],
  tries: number,
  signal: AbortSignal,
): Handle {
  const command = new BatchCommand({ terminal, args, tries, variables: { DOVETAIL_CONSUMER: consumer } })
  return async (page, lines) => {
    const outcome = await command.run(lines, AbortSignal.any([signal, page.signal]))
    switch (outcome) {
      case 'done':
        return true
      case 'stopped':
        // Where another worker has the channels, it is given them again, and this one goes on with others.
        return page.signal.aborted && !signal.aborted
      case 'failed':
        throw new CommandFailure(`${args[0]} failed ${tries} times with a batch, which is given back`)
    }
  }
}

/** A JSON line for each change, each reset and each end of a channel. */
function linesOf({ channels }: WorkerPage): string {
  const lines = channels.flatMap((part): object[] => {
    if ('ended' in part) return [{ channel: part.channel, ended: part.ended }]
    const { channel, epoch, changes, reset } = part
    const each = changes.map((change) => ({ channel, epoch, change }))
    return reset === undefined ? each : [{ channel, epoch, reset }, ...each]
  })
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}
