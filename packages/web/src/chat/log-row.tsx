import { memo } from 'react'
import { DayLine } from './day-line.tsx'
import { MessageRow } from './message-row.tsx'
import type { MessageVerbs } from './message-verbs.ts'
import type { Row } from './rows.ts'
import { UnreadLine } from './unread-line.tsx'

export interface LogRowProps {
  row: Row
  verbs: MessageVerbs
  active: boolean
  editing: boolean
  onActivate: (key: string | null) => void
  onEditing: (key: string | null) => void
}

export const LogRow = memo(function LogRow({ row, ...rest }: LogRowProps) {
  switch (row.kind) {
    case 'day':
      return <DayLine at={row.at} />
    case 'unread':
      return <UnreadLine />
    case 'message':
      return <MessageRow message={row.message} head={row.head} {...rest} />
    default:
      return row satisfies never
  }
}, sameRow)

/** Rows are made anew whenever one of them changes; a message that stayed the same is not drawn again. */
function sameRow(before: LogRowProps, after: LogRowProps): boolean {
  if (before.verbs !== after.verbs || before.active !== after.active || before.editing !== after.editing) return false
  if (before.row.kind !== 'message' || after.row.kind !== 'message') return before.row.key === after.row.key
  return before.row.message === after.row.message && before.row.head === after.row.head
}
