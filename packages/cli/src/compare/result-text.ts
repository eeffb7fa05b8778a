import { bytesWords, type CompareResult, figureWords, markWords, msWords, shareWords } from '@dovetail/lab/compare'
import Table from 'cli-table3'
import type { Colors } from '../colors.ts'

type Row = CompareResult['contenders'][number]

/** What a comparison found, for a terminal of that many columns; `null`: for something else, as wide as it is. */
export function resultText(result: CompareResult, colors: Colors, columns: number | null): string {
  const { workload, machine, verdict } = result
  const { name, about, clients, seconds, rounds } = workload
  const times = rounds === 1 ? 'one round' : `${rounds} rounds`
  return [
    `${colors.bold(name)}: ${about}. ${clients} clients each, ${times} of ${figureWords(seconds)} s, seed ${result.seed}`,
    colors.dim(`${machine.cores} cores (${machine.processor}), Node ${machine.node}`),
    measured(result, colors, columns ?? Number.POSITIVE_INFINITY),
    ...marksOf(result.contenders, colors),
    ...result.contenders.flatMap(({ name, complaints }) => complaints.map((words) => colors.red(`${name}: ${words}`))),
    '',
    ...verdict.sentences.map((sentence, index) => (index === 0 ? colors.bold(sentence) : sentence)),
    '',
    colors.dim(`Computed, not measured: ${verdict.formulas.scale}.`),
    scaled(result),
    colors.dim(`Cost: ${verdict.formulas.cost}.`),
    '',
  ].join('\n')
}

const plain = { style: { head: [], border: [], compact: true } }

interface Column {
  readonly head: string
  readonly of: (row: Row, colors: Colors) => string
  /** What a narrow terminal can do without, the highest first. The whole is in the JSON and in the report. */
  readonly spare?: number
}

const measuredColumns: readonly Column[] = [
  { head: 'p50', of: ({ latencyMs }) => msWords(latencyMs.p50) },
  { head: 'p90', of: ({ latencyMs }) => msWords(latencyMs.p90), spare: 6 },
  { head: 'p99', of: ({ latencyMs }) => msWords(latencyMs.p99) },
  { head: 'max', of: ({ latencyMs }) => msWords(latencyMs.max), spare: 7 },
  { head: 'requests', of: ({ requests }) => figureWords(requests), spare: 1 },
  { head: 'empty', of: ({ emptyShare }) => shareWords(emptyShare), spare: 2 },
  { head: 'B/event', of: ({ bytes }) => figureWords(bytes.perDelivery) },
  {
    head: 'B/s client',
    of: ({ bytes }) => figureWords(bytes.perClientSecond.up + bytes.perClientSecond.down),
    spare: 5,
  },
  { head: 'CPU/event', of: ({ server }) => cpuWords(server?.cpuMicrosecondsPerDelivery ?? null) },
  { head: 'memory', of: ({ server }) => bytesWords(server?.memoryBytesPerClient ?? null), spare: 3 },
  { head: 'lost', of: lostWords },
  { head: 'late', of: ({ late }) => figureWords(late), spare: 4 },
]

/** With as many columns as there is room for. */
function measured({ contenders, verdict }: CompareResult, colors: Colors, width: number): string {
  const spares = measuredColumns.flatMap(({ spare }) => (spare === undefined ? [] : [spare])).sort((a, b) => b - a)
  // The one that spares nothing is the widest.
  const tables = [Number.POSITIVE_INFINITY, ...spares].map((from) => {
    const columns = measuredColumns.filter(({ spare = 0 }) => spare < from)
    const table = new Table({
      ...plain,
      head: ['', ...columns.map(({ head }) => head)],
      colAligns: ['left', ...columns.map(() => 'right' as const)],
    })
    for (const row of contenders)
      table.push([nameOf(row, verdict.choice, colors), ...columns.map(({ of }) => of(row, colors))])
    return table.toString()
  })
  return tables.find((table) => table.indexOf('\n') <= width) ?? tables.at(-1) ?? ''
}

function nameOf({ name, marks }: Row, choice: string | null, colors: Colors): string {
  const shown = `${name}${marks.includes('lab-busy') ? ' *' : ''}`
  return name === choice ? colors.green(`${shown} ✓`) : shown
}

function cpuWords(microseconds: number | null): string {
  return microseconds === null ? '–' : `${figureWords(microseconds)} µs`
}

function lostWords({ lost, repeated }: Row, colors: Colors): string {
  if (lost + repeated === 0) return '0'
  return colors.red(repeated === 0 ? String(lost) : `${lost} +${repeated}`)
}

function marksOf(contenders: readonly Row[], colors: Colors): string[] {
  const seen = new Set(contenders.flatMap(({ marks }) => marks))
  return [...seen].map((mark) => colors.yellow(`${mark === 'lab-busy' ? '* ' : ''}${markWords[mark]}`))
}

function scaled({ verdict }: CompareResult): string {
  const table = new Table({
    ...plain,
    head: ['clients', '', 'requests/s', 'Mbit/s down', 'cores', 'memory', 'cost/h'],
    colAligns: ['right', 'left', 'right', 'right', 'right', 'right', 'right'],
  })
  for (const { clients, contenders } of verdict.atScale) {
    for (const [index, each] of contenders.entries()) {
      table.push([
        index === 0 ? clients.toLocaleString('en-US') : '',
        each.name,
        figureWords(each.requestsPerSecond),
        figureWords(each.megabitsPerSecond.down),
        figureWords(each.cores),
        bytesWords(each.memoryBytes),
        figureWords(each.costPerHour),
      ])
    }
  }
  return table.toString()
}
