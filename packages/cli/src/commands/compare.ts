import { fileURLToPath } from 'node:url'
import type { CompareOptions, CompareResult } from '@dovetail/lab/compare'
import { Command } from 'commander'
import { CommandFailure } from '../command-failure.ts'
import type { CompareFlags } from '../compare/compare-flags.ts'
import { readCompareFlags } from '../compare/read-compare-flags.ts'
import { tellProgress } from '../compare/tell-progress.ts'
import { collect } from '../options/collect.ts'
import type { Terminal } from '../terminal.ts'

/** `dovetail compare`: polling or a WebSocket? The same workload by every way of reading, and what each costs. */
export function compareCommand(terminal: Terminal): Command {
  const compare = new Command('compare')
    .description('polling or a WebSocket? Measure seven ways of reading side by side on a workload of yours')
    .option('--quick', 'a useful answer in less than a minute')
    .option('--workload <name>', 'chat, prices, game, quiet, feed, or a JSON file of your own', 'chat')
    .option('--contender <name>', 'one more, such as poll:250ms or poll-etag:5s; repeatable', collect)
    .option('--only <name>', 'no others than this one; repeatable', collect)
    .option('--clients <number>', 'how many read by each (default: as the workload says)')
    .option('--duration <time>', 'how long each is measured in a round (default: as the workload says)')
    .option('--seed <number>', 'what is left to chance follows from it', '1')
    .option('--within <time>', 'how soon 99 of 100 events must have come', '500ms')
    .option('--repeat <number>', 'rounds (default: 3; with --quick: 1)')
    .option('--url <url>', 'a server that runs already (default: one of its own) [DOVETAIL_URL]')
    .option('--token <token>', 'of who writes there; without one, a guest is asked for [DOVETAIL_TOKEN]')
    .option('--json', 'one JSON document on stdout')
  compare.action(async () => {
    const flags = compare.opts<CompareFlags>()
    const lab = await import('@dovetail/lab/compare')
    const progress = tellProgress(terminal)
    const options: CompareOptions = {
      ...readCompareFlags(flags, terminal.environment, lab),
      command: ['dovetail', 'compare', ...terminalArguments(compare)].join(' '),
      dovetail: thisCommand,
      tell: progress.tell,
    }
    const result = await lab
      .runCompare(options)
      .catch((error: unknown) => {
        throw error instanceof lab.CompareFailure ? new CommandFailure(error.message, { cause: error }) : error
      })
      .finally(() => progress.end())
    terminal.stdout(flags.json === true ? `${JSON.stringify(result)}\n` : told(result))
  })
  return compare
}

/** `main.ts` where the source runs, `main.js` where it is built. */
const thisCommand = fileURLToPath(
  new URL(`../main${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url),
)

/** What was typed behind the command's name, secrets left out. */
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

function told({ contenders, verdict }: CompareResult): string {
  const rows = contenders.map((c) => `${c.name}: p50 ${c.latencyMs.p50} ms, p99 ${c.latencyMs.p99} ms`)
  return `${[...rows, '', ...verdict.sentences].join('\n')}\n`
}
