import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { type ServerOptions, start } from 'dovetail-server'
import { addOptions, flagsOf } from '../options/add-options.ts'
import { type OptionName, optionTable } from '../options/option-table.ts'
import { type Resolved, resolveOptions } from '../options/resolve-options.ts'
import type { Environment } from '../options/sources.ts'
import { tracingOf } from '../options/tracing.ts'
import { stopOnSignal } from '../terminal/stop-on-signal.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** `dovetail serve`: runs a server until a signal; prints one line on stdout once it accepts connections. */
export function serveCommand(terminal: Terminal): Command {
  const command = new Command('serve').description('run the server')
  addOptions(command, Object.keys(optionTable) as OptionName[])
  return command.action(async () => {
    const resolved = await resolveOptions(flagsOf(command), terminal.environment)
    const running = await start(serverOptions(resolved, terminal.environment))
    const stopped = stopOnSignal({
      signals: terminal.signals,
      stop: () => running.stop(),
      withinMs: Math.max(leastMs, (resolved.values.drain ?? drainSecondsDefault) * 1000),
      exit: terminal.exit,
    })
    // Printed after the signal handlers are set, since a reader of this line may send a signal at once.
    terminal.stdout(`dovetail ready at ${running.url}\n`)
    await stopped
  })
}

const drainSecondsDefault = 10
/** The least time for a stop: with `--drain 0` readers get no time, but the store still has to close cleanly. */
const leastMs = 2000

function serverOptions({ policy, values, secret }: Resolved, environment: Environment): ServerOptions {
  const { drain, retain, traces, traceRatio, secret: _file, ...same } = values
  return {
    ...same,
    ...tracingOf({ traces, traceRatio }, environment),
    config: policy,
    webRoot: webRoot(),
    drainSeconds: drain ?? drainSecondsDefault,
    ...(retain === undefined ? {} : { retainMs: retain }),
    ...(secret === undefined ? {} : { secret }),
  }
}

/** The folder of the built web app: within the published package, or beside it in a checkout. `null`: there is none. */
function webRoot(): string | null {
  const folders = ['../../web', '../../../web/dist'].map((path) => fileURLToPath(new URL(path, import.meta.url)))
  return folders.find((folder) => existsSync(`${folder}/index.html`)) ?? null
}
