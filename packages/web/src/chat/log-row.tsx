import { memo } from 'react'
import type { Tally } from '../reactions/tally.ts'
import { DayLine } from './day-line.tsx'
import { MessageRow, type RowMarks } from './message-row.tsx'
import type { MessageVerbs } from './message-verbs.ts'
import type { Row } from './rows.ts'
import { UnreadLine } from './unread-line.tsx'

export interface LogRowProps extends RowMarks {
  row: Row
  tallies: readonly Tally[] | undefined
  verbs: MessageVerbs
  onActivate: (key: string | null) => void
  onEditing: (key: string | null) => void
}

export const LogRow = memo(function LogRow({ row, active, editing, target, ...rest }: LogRowProps) {
  switch (row.kind) {
    case 'day':
      return <DayLine at={row.at} />
    case 'unread':
      return <UnreadLine />
    case 'message':
      return <MessageRow message={row.message} head={row.head} marks={{ active, editing, target }} {...rest} />
    default:
      return row satisfies never
  }
}, sameRow)

/** Rows are made anew whenever one of them changes; a message that stayed the same is not drawn again. */
function sameRow(before: LogRowProps, after: LogRowProps): boolean {
  if (before.row.kind !== 'message' || after.row.kind !== 'message') return before.row.key === after.row.key
  return (
    before.row.message === after.row.message &&
    before.row.head === after.row.head &&
    before.verbs === after.verbs &&
    before.tallies === after.tallies &&
    before.active === after.active &&
    before.editing === after.editing &&
    before.target === after.target
  )
}
