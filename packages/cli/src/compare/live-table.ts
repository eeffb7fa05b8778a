/** Formats a running comparison as the lines of one table. */
import {
  formatMilliseconds,
  formatNumber,
  formatPercent,
  LatencyHistogram,
  type RoundResult,
} from 'dovetail-lab/compare'
import type { Colors } from '../terminal/colors.ts'
import type { LiveRow, LiveState, Running } from './live-state.ts'

export interface TableStyle {
  /** The terminal's columns. Lines are at least one column shorter, since terminals differ after the last column. */
  readonly columns: number
  readonly colors: Colors
  /** Monotonic milliseconds. */
  readonly now: number
}

type Paint = (text: string) => string
type Cell = readonly [text: string, paint: Paint]

const asIs: Paint = (text) => text
const heads = ['', '', 'p50', 'p99', 'requests', 'empty', 'lost']
const widths = [12, 14, 7, 7, 8, 5, 4]
const gap = '  '
const barWidth = 8

export function liveTable(state: LiveState, { columns, colors, now }: TableStyle): string[] {
  const nameWidth = Math.max(...state.rows.map(({ name }) => name.length), widths[0] ?? 0)
  const [, ...others] = widths
  const line = (cells: readonly Cell[]): string => cut(cells, [nameWidth, ...others], columns - 1)
  return [
    cut([[headline(state, now), colors.bold]], [], columns - 1),
    line(heads.map((head) => [head, colors.dim])),
    ...state.rows.map((row) => line(cellsOf(row, state, colors, now))),
  ]
}

function headline({ phase, startedAt, running }: LiveState, now: number): string {
  const gone = `${phase}, ${formatClock(now - startedAt)} gone`
  if (running === null) return gone
  // A run that takes longer than expected does not change the estimate of later runs.
  const left = Math.max(running.leftMs - (now - running.startedAt), running.leftMs - running.expectedMs)
  return `${gone}, about ${formatClock(left)} left`
}

function cellsOf(
  { name, results: roundResults }: LiveRow,
  { rounds, running }: LiveState,
  colors: Colors,
  now: number,
): Cell[] {
  const current = running?.name === name ? running : null
  const isDone = roundResults.length === rounds
  const paint = current === null && roundResults.length === 0 ? colors.dim : asIs
  const step = current === null ? (isDone ? 'done' : 'waiting') : barOf(current, now)
  const ofRounds = rounds === 1 || isDone ? '' : ` ${roundResults.length + (current === null ? 0 : 1)}/${rounds}`
  const stepPaint = current !== null ? colors.cyan : isDone ? colors.green : paint
  return [
    [name, current === null ? paint : colors.bold],
    [`${step}${ofRounds}`, stepPaint],
    ...figuresOf(roundResults, colors),
  ]
}

/** The figures of all finished rounds. */
function figuresOf(roundResults: readonly RoundResult[], colors: Colors): Cell[] {
  if (roundResults.length === 0) return heads.slice(2).map(() => ['–', colors.dim])
  const latency = new LatencyHistogram()
  for (const { receipts } of roundResults) latency.add(receipts.latency)
  const { p50, p99 } = latency.figures()
  const sum = (of: (result: RoundResult) => number): number =>
    roundResults.reduce((total, result) => total + of(result), 0)
  const requests = sum(({ opening, busy }) => opening.requests + busy.traffic.requests)
  const empty = sum(({ opening, busy }) => opening.emptyRequests + busy.traffic.emptyRequests)
  const lost = sum(({ receipts }) => receipts.lost)
  return [
    [formatMilliseconds(p50), asIs],
    [formatMilliseconds(p99), asIs],
    [formatNumber(requests), asIs],
    [formatPercent(requests === 0 ? 0 : empty / requests), asIs],
    [formatNumber(lost), lost === 0 ? asIs : colors.red],
  ]
}

function barOf({ startedAt, expectedMs }: Running, now: number): string {
  const gone = now - startedAt
  const filled = Math.min(barWidth, Math.floor((barWidth * gone) / Math.max(1, expectedMs)))
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`
}

function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** Aligns words left and figures right, and cuts cells that do not fit, before they are coloured. */
function cut(cells: readonly Cell[], cellWidths: readonly number[], most: number): string {
  let left = most
  let text = ''
  for (const [index, [words, paint]] of cells.entries()) {
    const width = cellWidths[index] ?? 0
    const padded = index < 2 ? words.padEnd(width) : words.padStart(width)
    const shown = `${index === 0 ? '' : gap}${padded}`.slice(0, Math.max(0, left))
    left -= shown.length
    text += shown.trim() === '' ? shown : paint(shown)
  }
  return text.trimEnd()
}
