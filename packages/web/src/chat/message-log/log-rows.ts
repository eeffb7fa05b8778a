import { dayOf } from '../messages/day.ts'
import type { Message } from '../messages/message.ts'

/** One row of the log: a day's name, the line above the first unread message, or a message. */
export type Row =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'unread'; key: 'unread' }
  | { kind: 'message'; key: string; message: Message; head: boolean }

export interface RowSource {
  messages: readonly Message[]
  /** Messages after this position are unread; null if nothing is known or nothing is unread. */
  readUpTo: number | null
}

const minuteMs = 60_000

/** Whether a message belongs to the previous one's group: same author, same minute, no reply. */
function continues(previous: Message, message: Message): boolean {
  return (
    previous.author === message.author &&
    message.replyTo === null &&
    Math.floor(previous.at / minuteMs) === Math.floor(message.at / minuteMs)
  )
}

/** The messages with the day and unread lines between them. */
export function buildLogRows({ messages, readUpTo }: RowSource): Row[] {
  const rows: Row[] = []
  let previous: Message | null = null
  let unreadShown = readUpTo === null
  for (const message of messages) {
    const newDay: boolean = previous === null || dayOf(previous.at) !== dayOf(message.at)
    if (newDay) rows.push({ kind: 'day', key: `day ${dayOf(message.at)}`, at: message.at })
    const firstUnread: boolean = !unreadShown && message.pos !== null && message.pos > (readUpTo ?? 0)
    if (firstUnread) {
      rows.push({ kind: 'unread', key: 'unread' })
      unreadShown = true
    }
    const head: boolean = newDay || firstUnread || previous === null || !continues(previous, message)
    rows.push({ kind: 'message', key: message.key, message, head })
    previous = message
  }
  return rows
}
