import {
  closeCodes,
  codes,
  isCode,
  type RecentEnd,
  type RecentRefusal,
  type RecentReset,
  type ServerStatus,
} from 'dovetail-protocol'
import { type Column, DataTable } from './data-table.tsx'
import { formatClock } from './format-time.ts'

const resetReasons: ReadonlyMap<RecentReset['reason'], string> = new Map([
  ['epoch', 'The log is another one than the reader’s'],
  ['expired', 'The reader was away for longer than deletions are kept'],
  ['ahead', 'The reader holds more than the log has'],
])

const refusalColumns: readonly Column<RecentRefusal>[] = [
  { title: 'At', of: ({ at }) => formatClock(at) },
  { title: 'Why', of: ({ code, detail }) => `${isCode(code) ? codes[code].title : code}: ${detail}` },
  { title: 'Request', isWide: true, of: ({ request }) => <code>{request}</code> },
  { title: 'User', of: ({ user }) => user ?? '–' },
  { title: 'Address', isWide: true, of: ({ address }) => <code>{address}</code> },
]

const resetColumns: readonly Column<RecentReset>[] = [
  { title: 'At', of: ({ at }) => formatClock(at) },
  { title: 'Why', of: ({ reason }) => resetReasons.get(reason) ?? reason },
  { title: 'Channel', of: ({ channel }) => channel },
  { title: 'User', of: ({ user }) => user ?? '–' },
]

const endColumns: readonly Column<RecentEnd>[] = [
  { title: 'At', of: ({ at }) => formatClock(at) },
  { title: 'Why', of: ({ code, reason }) => `${reason} (${code}: ${meaningOf(code)})` },
  { title: 'User', of: ({ user }) => user ?? '–' },
]

function meaningOf(code: number): string {
  return Object.entries(closeCodes).find(([each]) => each === String(code))?.[1].meaning ?? 'another reason'
}

/** What the node refused and ended lately, the newest first. */
export function EventTables({ status: { refusals, resets, ends } }: { status: ServerStatus }) {
  const keyOf = ({ at }: { at: string }, index: number) => `${at} ${index}`
  const about = 'The newest on this node, 50 at most.'
  return (
    <>
      <DataTable
        {...{ title: 'Refused lately', about, keyOf, columns: refusalColumns, rows: refusals }}
        none="This node has refused nothing."
      />
      <DataTable
        {...{ title: 'Started over lately', about, keyOf, columns: resetColumns, rows: resets }}
        none="No reader of this node had to start over."
      />
      <DataTable
        {...{ title: 'Ended lately', about, keyOf, columns: endColumns, rows: ends }}
        none="This node has ended no connection."
      />
    </>
  )
}
