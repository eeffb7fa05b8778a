import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import type { CompareOptions } from 'dovetail-lab/compare'
import type { CompareFlags } from '../compare/compare-flags.ts'
import { parseCompareFlags } from '../compare/parse-compare-flags.ts'
import { CommandFailure } from '../failures/command-failure.ts'
import { collect } from '../options/collect.ts'
import { callerToken } from '../options/server-options.ts'
import { colorsFor } from '../terminal/colors.ts'
import type { Terminal } from '../terminal/terminal.ts'

const cutOffExit = 1

/** `dovetail compare`: runs the same workload over every way of reading (polls, streams, WebSocket) and compares their costs. */
export function compareCommand(terminal: Terminal): Command {
  const compare = new Command('compare')
    .description('polling or a WebSocket? Measure seven ways of reading side by side on a workload of yours')
    .option('--quick', 'a useful answer in less than a minute')
    .option('--workload <name>', 'chat, prices, game, quiet, feed, or a JSON file of your own', 'chat')
    .option('--contender <name>', 'one more, such as poll:250ms or poll-etag:5s; repeatable', collect)
    .option('--only <name>', 'no others than this one; repeatable', collect)
    .option('--front <name>', 'all of them behind an nginx too: tls, or cache (those that poll); repeatable', collect)
    .option('--clients <number>', 'how many read by each (default: as the workload says)')
    .option('--idle-clients <number>', 'with how many the cost of an idle client is measured, such as 10000')
    .option('--duration <time>', 'how long each is measured in a round (default: as the workload says)')
    .option('--seed <number>', 'what is left to chance follows from it', '1')
    .option('--within <time>', 'how soon 99 of 100 events must have come', '500ms')
    .option('--repeat <number>', 'rounds (default: 3; with --quick: 1)')
    .option('--url <url>', 'a server that runs already (default: one of its own) [DOVETAIL_URL]')
    .option('--token <token>', 'of who writes there; without one, a guest is asked for [DOVETAIL_TOKEN]')
    .option('--token-file <file>', 'the same from a file [DOVETAIL_TOKEN_FILE]')
    .option(
      '--price <pairs>',
      'what things cost, such as core=0.04,out=0.05,memory=0.005: an hour of a core, 10⁹ bytes out, 10⁹ bytes of memory for an hour; currency=EUR names what they are counted in',
    )
    .option('--http <url>', 'poll an outside server too: any address that answers with a list in JSON')
    .option('--items <path>', 'where in its answer the list stands, such as data.items', '')
    .option('--every <time>', 'how often it is asked', '1s')
    .option('--ws <url>', 'listen to an outside socket too, whose messages are JSON')
    .option('--stamp <path>', 'where in an item or a message of theirs its time stands')
    .option('--send <text>', 'what the outside socket is sent first; repeatable', collect)
    .option('--report <file>', 'a page with plots, in one file that needs no network')
    .option('--json', 'one JSON document on stdout')
  return compare.action(() => runAndPrint(compare, terminal))
}

async function runAndPrint(compare: Command, terminal: Terminal): Promise<void> {
  const flags = compare.opts<CompareFlags>()
  // Loaded on demand, since the other commands do not need it.
  const lab = await import('dovetail-lab/compare')
  const { openProgress } = await import('../compare/open-progress.ts')
  const { resultText } = await import('../compare/result-text.ts')
  const token = callerToken(compare, terminal.environment)
  const read = await parseCompareFlags(flags, terminal.environment, lab)
  const names = [...read.candidates, ...read.externalSources].map(({ name }) => name)
  const progress = openProgress(terminal, { names, rounds: read.rounds, isTable: flags.json !== true })
  const options: CompareOptions = {
    ...read,
    ...(token === undefined ? {} : { token }),
    command: ['dovetail', 'compare', ...terminalArguments(compare)].join(' '),
    dovetail: thisCommand,
    onProgress: progress.update,
  }
  // The server that was started ends with this process, whichever way it ends.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) terminal.signals.on(signal, () => terminal.exit(cutOffExit))
  const result = await lab.runCompare(options).catch((error: unknown) => {
    progress.end('failed')
    throw error instanceof lab.CompareFailure ? new CommandFailure(error.message, { cause: error }) : error
  })
  progress.end('done')
  if (flags.report !== undefined) await writeFile(flags.report, await lab.reportPage(result))
  const text = (): string => resultText(result, colorsFor(terminal, 'stdout'), terminal.columns('stdout'))
  terminal.stdout(flags.json === true ? `${JSON.stringify(result)}\n` : text())
}

/** `main.ts` when running from source, `main.js` when built. */
const thisCommand = fileURLToPath(
  new URL(`../main${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url),
)

/** The arguments after the command's name, without secrets. */
function terminalArguments(command: Command): string[] {
  return command.options.flatMap((option) => {
    const { long } = option
    const name = option.attributeName()
    if (name === 'token' || command.getOptionValueSource(name) !== 'cli') return []
    const value: unknown = command.getOptionValue(name)
    if (value === true) return [long ?? '']
    return (Array.isArray(value) ? value : [value]).flatMap((each) => [long ?? '', String(each)])
  })
}
