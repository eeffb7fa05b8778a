/** How a server is, as the lines of a terminal. */
import type { LiveChannel, NodeStatus, RecentRefusal, ServerStatus, SlowReader } from 'dovetail-protocol'
import { formatTable } from '../terminal/table.ts'

interface Column<Row> {
  readonly head: string
  readonly align: 'left' | 'right'
  readonly of: (row: Row) => string
}

export interface Bounds {
  readonly channels: number
  readonly slowReaders: number
  readonly refusals: number
}

const usual: Bounds = { channels: 10, slowReaders: 5, refusals: 5 }

/** No line is longer than `columns` less one, and there are no more than `rows` less one; null: any. */
export interface Size {
  readonly columns: number | null
  readonly rows: number | null
}

export function statusLines(status: ServerStatus, url: string, size: Size, bounds: Bounds = usual): string[] {
  const { at, node, nodes, channels, slowReaders, refusals, resets, ends } = status
  const lines = [
    `dovetail at ${url}, ${at.slice(11, 19)} UTC, answered by ${node}`,
    ...table(nodeColumns(at), nodes),
    ...titled('Busiest channels of this node', channelColumns, channels.slice(0, bounds.channels)),
    ...titled('Slow readers of this node', slowColumns, slowReaders.slice(0, bounds.slowReaders)),
    ...titled('Refused lately by this node', refusalColumns, refusals.slice(0, bounds.refusals)),
    `Lately: ${refusals.length} refused, ${resets.length} started over, ${ends.length} ended by the server`,
  ]
  return fitted(lines, size)
}

function fitted(lines: readonly string[], { columns, rows }: Size): string[] {
  const some = rows === null ? lines : lines.slice(0, Math.max(1, rows - 1))
  return some.map((line) => (columns === null ? line : [...line].slice(0, Math.max(1, columns - 1)).join('')))
}

function titled<Row>(title: string, columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  return rows.length === 0 ? [`${title}: none`] : [title, ...table(columns, rows)]
}

function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  return formatTable({
    head: columns.map(({ head }) => head),
    aligns: columns.map(({ align }) => align),
    rows: rows.map((row) => columns.map(({ of }) => printable(of(row)))),
  }).split('\n')
}

/** Names and details come from clients: no control character of theirs reaches the terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?')
}

const left = <Row>(head: string, of: (row: Row) => string): Column<Row> => ({ head, align: 'left', of })
const right = <Row>(head: string, of: (row: Row) => string): Column<Row> => ({ head, align: 'right', of })

function nodeColumns(at: string): readonly Column<NodeStatus>[] {
  return [
    left('node', ({ name, state }) => (state === 'leaving' ? `${name} (leaving)` : name)),
    right('readers', ({ readers }) => String(readers)),
    right('slow', ({ readersBehind }) => String(readersBehind)),
    right('writes/s', ({ writesPerSecond }) => rate(writesPerSecond)),
    right('frames/s', ({ framesPerSecond }) => rate(framesPerSecond)),
    right('lag ms', ({ lagMs }) => (lagMs === null ? '-' : lagMs.toFixed(1))),
    right('memory MB', ({ memoryBytes }) => (memoryBytes / 1_048_576).toFixed(0)),
    right('busy %', ({ busyShare }) => (busyShare * 100).toFixed(0)),
    right('up', ({ startedAt }) => age((Date.parse(at) - Date.parse(startedAt)) / 1000)),
  ]
}

const channelColumns: readonly Column<LiveChannel>[] = [
  left('channel', ({ channel }) => channel),
  right('changes/s', ({ changesPerSecond }) => rate(changesPerSecond)),
  right('readers', ({ readers }) => String(readers)),
  right('behind', ({ behind }) => String(behind)),
  right('longest', ({ behind, behindSeconds }) => (behind === 0 ? '-' : age(behindSeconds))),
  right('head', ({ head }) => String(head)),
]

const slowColumns: readonly Column<SlowReader>[] = [
  left('user', ({ user }) => user ?? '-'),
  right('behind', ({ behindSeconds }) => age(behindSeconds)),
  right('waiting KB', ({ queuedBytes }) => (queuedBytes / 1024).toFixed(0)),
  left('transport', ({ transport }) => transport),
  left('session', ({ session }) => session ?? '-'),
  left('channels', ({ channels }) => channels.join(' ')),
]

const refusalColumns: readonly Column<RecentRefusal>[] = [
  left('at', ({ at }) => at.slice(11, 19)),
  left('code', ({ code }) => code),
  left('user', ({ user, address }) => user ?? address),
  left('request', ({ request }) => request),
  left('why', ({ detail }) => detail),
]

function rate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : perSecond.toFixed(0)
}

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const

/** 40s, 12m, 3h, 8d. */
function age(seconds: number): string {
  const [unit, length] = units.find(([, length]) => seconds >= length) ?? ['s', 1]
  return `${Math.floor(Math.max(0, seconds) / length)}${unit}`
}
