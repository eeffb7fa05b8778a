import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ServerOptions, start } from '@dovetail/server'
import { Command } from 'commander'
import { addOptions, flagsOf } from '../options/add-options.ts'
import { type OptionName, optionTable } from '../options/option-table.ts'
import { type Resolved, resolveOptions } from '../options/resolve-options.ts'
import { stopOnSignal } from '../stop-on-signal.ts'
import type { Terminal } from '../terminal.ts'

/** `dovetail serve`: runs until a signal; stdout gets one line, once it serves. */
export function serveCommand(terminal: Terminal): Command {
  const command = new Command('serve').description('run the server')
  addOptions(command, Object.keys(optionTable) as OptionName[])
  return command.action(async () => {
    const resolved = await resolveOptions(flagsOf(command), terminal.environment)
    const running = await start(serverOptions(resolved))
    const stopped = stopOnSignal({
      signals: terminal.signals,
      stop: () => running.stop(),
      withinMs: Math.max(leastMs, (resolved.values.drain ?? drainSecondsDefault) * 1000),
      exit: terminal.exit,
    })
    // After the above: whoever reads this line may send a signal at once.
    terminal.stdout(`dovetail ready at ${running.url}\n`)
    await stopped
  })
}

const drainSecondsDefault = 10
/** `--drain 0` gives readers no time; the store still closes as it should. */
const leastMs = 2000

function serverOptions({ policy, values, secret }: Resolved): ServerOptions {
  const { drain, retain, secret: _file, ...same } = values
  return {
    ...same,
    config: policy,
    webRoot: webRoot(),
    drainSeconds: drain ?? drainSecondsDefault,
    ...(retain === undefined ? {} : { retainMs: retain }),
    ...(secret === undefined ? {} : { secret }),
  }
}

/** The built web app beside this package, in a checkout and where it is installed with it; `null`: served without. */
function webRoot(): string | null {
  const folder = fileURLToPath(new URL('../../../web/dist', import.meta.url))
  return existsSync(`${folder}/index.html`) ? folder : null
}
