import {
  type CompareResult,
  caveatTexts,
  formatBytes,
  formatMilliseconds,
  formatNumber,
  formatPercent,
  hourlyCost,
  type Prices,
  shownClientHours,
} from 'dovetail-lab/compare'
import type { Colors } from '../terminal/colors.ts'
import { formatTable } from '../terminal/table.ts'

type Row = CompareResult['contenders'][number]

/** Formats the result of a comparison for a terminal with `columns`; `null`: no terminal, so the width is not limited. */
export function resultText(result: CompareResult, colors: Colors, columns: number | null): string {
  const { workload, machine, verdict } = result
  const { name, about, clients, seconds, rounds } = workload
  const times = rounds === 1 ? 'one round' : `${rounds} rounds`
  return [
    `${colors.bold(name)}: ${about}. ${clients} clients each, ${times} of ${formatNumber(seconds)} s, seed ${result.seed}`,
    colors.dim(`${machine.cores} cores (${machine.processor}), Node ${machine.node}`),
    measuredTable(result, colors, columns ?? Number.POSITIVE_INFINITY),
    ...idleLines(result.contenders, colors),
    ...caveatLines(result.contenders, colors),
    ...result.contenders.flatMap(({ name, complaints }) => complaints.map((words) => colors.red(`${name}: ${words}`))),
    '',
    ...verdict.sentences.map((sentence, index) => (index === 0 ? colors.bold(sentence) : sentence)),
    '',
    ...(verdict.atScale.length === 0
      ? []
      : [colors.dim(`Computed, not measured: ${verdict.formulas.scale}.`), scaled(result)]),
    colors.dim(`${verdict.formulas.prices}: ${verdict.formulas.cost}.`),
    '',
  ].join('\n')
}

interface Column {
  readonly head: string
  readonly of: (row: Row, colors: Colors, prices: Prices) => string
  /** Columns that a narrow terminal leaves out, the highest number first. The JSON and the report have all columns. */
  readonly spare?: number
}

const measuredColumns: readonly Column[] = [
  { head: 'p50', of: ({ latencyMs }) => formatMilliseconds(latencyMs.p50) },
  { head: 'p90', of: ({ latencyMs }) => formatMilliseconds(latencyMs.p90), spare: 6 },
  { head: 'p99', of: ({ latencyMs }) => formatMilliseconds(latencyMs.p99) },
  { head: 'max', of: ({ latencyMs }) => formatMilliseconds(latencyMs.max), spare: 7 },
  { head: 'requests', of: ({ requests }) => formatNumber(requests), spare: 1 },
  { head: 'empty', of: ({ emptyShare }) => formatPercent(emptyShare), spare: 2 },
  { head: 'B/event', of: ({ bytes }) => formatNumber(bytes.perDelivery) },
  {
    head: 'B/s client',
    of: ({ bytes }) => formatNumber(bytes.perClientSecond.up + bytes.perClientSecond.down),
    spare: 5,
  },
  { head: 'CPU/event', of: ({ server }) => formatCpu(server?.cpuMicrosecondsPerDelivery ?? null) },
  { head: 'memory', of: ({ server }) => formatBytes(server?.memoryBytesPerClient ?? null), spare: 3 },
  { head: 'cost', of: (row, _colors, prices) => formatRowCost(row, prices) },
  { head: 'lost', of: formatLost },
  { head: 'radio on', of: ({ radio }) => (radio === null ? '–' : formatPercent(radio.onShare)), spare: 8 },
  { head: 'late', of: ({ late }) => formatNumber(late), spare: 4 },
]

/** The table of measurements, with as many columns as fit. */
function measuredTable({ contenders, verdict }: CompareResult, colors: Colors, width: number): string {
  const spares = measuredColumns.flatMap(({ spare }) => (spare === undefined ? [] : [spare])).sort((a, b) => b - a)
  // The one that spares nothing is the widest.
  const tables = [Number.POSITIVE_INFINITY, ...spares].map((from) => {
    const columns = measuredColumns.filter(({ spare = 0 }) => spare < from)
    return formatTable({
      head: ['', ...columns.map(({ head }) => head)],
      aligns: ['left', ...columns.map(() => 'right' as const)],
      rows: contenders.map((row) => [
        nameOf(row, verdict.choice, colors),
        ...columns.map(({ of }) => of(row, colors, verdict.prices)),
      ]),
    })
  })
  return tables.find((table) => table.indexOf('\n') <= width) ?? tables.at(-1) ?? ''
}

function nameOf({ name, marks }: Row, choice: string | null, colors: Colors): string {
  const shown = `${name}${marks.includes('lab-busy') ? ' *' : ''}`
  return name === choice ? colors.green(`${shown} ✓`) : shown
}

/** Of a thousand clients and an hour, in the currency that the line below the tables names. */
function formatRowCost(row: Row, prices: Prices): string {
  return row.server === null ? '–' : formatNumber(hourlyCost(row, prices) * shownClientHours)
}

function formatCpu(microseconds: number | null): string {
  return microseconds === null ? '–' : `${formatNumber(microseconds)} µs`
}

function formatLost({ lost, repeated }: Row, colors: Colors): string {
  if (lost + repeated === 0) return '0'
  return colors.red(repeated === 0 ? String(lost) : `${lost} +${repeated}`)
}

/** What clients cost that hear nothing, where the server reports it. */
function idleLines(contenders: readonly Row[], colors: Colors): string[] {
  const measured = contenders.flatMap(({ name, server }) => {
    const idle = server?.idleClients ?? null
    if (idle === null || idle.cpuMicrosecondsPerSecond === null) return []
    const { clients, memoryBytesPerClient, cpuMicrosecondsPerSecond } = idle
    return [
      {
        clients,
        words: `${name} ${formatBytes(memoryBytesPerClient)} and ${formatNumber(cpuMicrosecondsPerSecond)} µs`,
      },
    ]
  })
  const [first] = measured
  if (first === undefined) return []
  const each = measured.map(({ words }) => words).join(', ')
  return [
    colors.dim(`Each of ${first.clients.toLocaleString('en-US')} idle clients costs memory and CPU a second: ${each}.`),
  ]
}

function caveatLines(contenders: readonly Row[], colors: Colors): string[] {
  const seen = new Set(contenders.flatMap(({ marks }) => marks))
  return [...seen].map((mark) => colors.yellow(`${mark === 'lab-busy' ? '* ' : ''}${caveatTexts[mark]}`))
}

function scaled({ verdict }: CompareResult): string {
  return formatTable({
    head: ['clients', '', 'requests/s', 'Mbit/s down', 'cores', 'memory', `${verdict.prices.currency}/h`],
    aligns: ['right', 'left', 'right', 'right', 'right', 'right', 'right'],
    rows: verdict.atScale.flatMap(({ clients, contenders }) =>
      contenders.map((each, index) => [
        index === 0 ? clients.toLocaleString('en-US') : '',
        each.name,
        formatNumber(each.requestsPerSecond),
        formatNumber(each.megabitsPerSecond.down),
        formatNumber(each.cores),
        formatBytes(each.memoryBytes),
        formatNumber(each.costPerHour),
      ]),
    ),
  })
}
