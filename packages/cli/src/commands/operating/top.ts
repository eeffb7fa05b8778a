import { setTimeout as pause } from 'node:timers/promises'
import { Command } from 'commander'
import type { ServerStatus } from 'dovetail-protocol'
import { CommandFailure } from '../../failures/command-failure.ts'
import { UsageFailure } from '../../failures/usage-failure.ts'
import { addServerOptions, addTokenOption, callerToken, serverUrl } from '../../options/server-options.ts'
import { Refusal } from '../../requests/refusal.ts'
import { Requests } from '../../requests/requests.ts'
import { stopOnSignal } from '../../terminal/stop-on-signal.ts'
import type { Terminal } from '../../terminal/terminal.ts'
import { statusLines } from '../../top/status-lines.ts'
import { watchStatus } from '../../top/watch-status.ts'

/** Rates of channels are those between two readings at least a second apart. */
const betweenMs = 1100

/** `dovetail top`: nodes, busy channels, slow readers and refusals, each second anew. */
export function topCommand(terminal: Terminal): Command {
  const command = new Command('top')
    .description('watch nodes, busy channels, slow readers and refusals, each second anew')
    .option('--once', 'print it once and end')
    .option('--json', 'a JSON line for each reading')
  addServerOptions(command)
  addTokenOption(command)
  return command.action(async () => {
    const { once, json } = command.opts<{ once?: true; json?: true }>()
    const token = callerToken(command, terminal.environment)
    if (token === undefined) throw new UsageFailure('this needs the --token of a service or an admin')
    const url = serverUrl(command, terminal.environment)
    const isJson = json === true
    const ending = new AbortController()
    const read = async () => {
      const requests = new Requests({ url, token, signal: ending.signal, attempts: once === true ? 6 : 1 })
      return (await requests.ask('GET', '/v1/status')) as ServerStatus
    }
    try {
      if (once === true) await showOnce(terminal, read, url, isJson)
      else await watch(terminal, read, url, isJson, ending)
    } catch (error) {
      if (error instanceof Refusal) throw new CommandFailure(error.message, { cause: error })
      throw error
    }
  })
}

async function showOnce(
  terminal: Terminal,
  read: () => Promise<ServerStatus>,
  url: string,
  isJson: boolean,
): Promise<void> {
  await read()
  await pause(betweenMs)
  const status = await read()
  const size = { columns: terminal.columns('stdout'), rows: null }
  terminal.stdout(isJson ? `${JSON.stringify(status)}\n` : `${statusLines(status, url, size).join('\n')}\n`)
}

async function watch(
  terminal: Terminal,
  read: () => Promise<ServerStatus>,
  url: string,
  isJson: boolean,
  ending: AbortController,
): Promise<void> {
  const { signal } = ending
  const end = (): void => ending.abort()
  terminal.onStdoutGone(end)
  const wait = async (ms: number): Promise<void> => {
    await pause(ms, undefined, { signal }).catch(() => {})
  }
  const options = { read, url, isJson, terminal, isStopped: () => signal.aborted, pause: wait }
  const watching = watchStatus(options).catch((error: unknown) => {
    // What was under way when it was ended is no failure.
    if (!signal.aborted) throw error
  })
  const stop = async (): Promise<void> => {
    end()
    await watching
  }
  const stopped = stopOnSignal({ signals: terminal.signals, stop, withinMs: 2000, exit: terminal.exit })
  await Promise.race([stopped, watching])
}
