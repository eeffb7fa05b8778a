import { memo } from 'react'
import { MessageRow, type RowMarks } from '../message-row/message-row.tsx'
import type { MessageCommands } from '../messages/message-commands.ts'
import type { Tally } from '../reactions/tallies.ts'
import { DayLine } from './day-line.tsx'
import type { Row } from './log-rows.ts'
import { UnreadLine } from './unread-line.tsx'

export interface LogRowProps extends RowMarks {
  row: Row
  tallies: readonly Tally[] | undefined
  commands: MessageCommands
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

/** All row objects are new whenever one message changes; unchanged messages are not rendered again. */
function sameRow(before: LogRowProps, after: LogRowProps): boolean {
  if (before.row.kind !== 'message' || after.row.kind !== 'message') return before.row.key === after.row.key
  return (
    before.row.message === after.row.message &&
    before.row.head === after.row.head &&
    before.commands === after.commands &&
    before.tallies === after.tallies &&
    before.active === after.active &&
    before.editing === after.editing &&
    before.target === after.target
  )
}
