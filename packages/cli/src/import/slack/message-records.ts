/** One message of a Slack export as records: the message, and a reaction for each user and emoji. */
import type { ImportedRecord } from '../incoming.ts'
import { plainText } from './message-text.ts'

/** The members of a message that are used. */
export interface SlackMessage {
  readonly type?: string
  readonly subtype?: string
  /** Seconds since the Unix epoch with six decimals; unique in its channel. */
  readonly ts?: string
  readonly thread_ts?: string
  readonly user?: string
  readonly bot_id?: string
  readonly text?: string
  readonly edited?: { readonly ts?: string }
  readonly reactions?: readonly { readonly name: string; readonly users?: readonly string[] }[]
  readonly files?: readonly { readonly name?: string; readonly title?: string }[]
}

/** Messages that say what happened to the channel, and not what somebody wrote. */
const written: ReadonlySet<string | undefined> = new Set([
  undefined,
  'bot_message',
  'file_share',
  'me_message',
  'thread_broadcast',
  'tombstone',
])

/** Empty: it is no message that somebody wrote. `nameOf`: the user for a Slack id. */
export function recordsOf(
  message: SlackMessage,
  collection: string,
  nameOf: (id: string) => string,
): readonly ImportedRecord[] {
  const { ts, thread_ts: thread, subtype } = message
  if (message.type !== 'message' || ts === undefined || !written.has(subtype)) return []
  const createdAt = dateOf(ts)
  const id = idOf(ts)
  const author = nameOf(message.user ?? message.bot_id ?? 'slack')
  if (subtype === 'tombstone') return [{ collection, id, author, createdAt, deleted: true }]
  const replyTo = thread === undefined || thread === ts ? {} : { replyTo: idOf(thread) }
  const updatedAt = message.edited?.ts === undefined ? createdAt : dateOf(message.edited.ts)
  const data = { text: textOf(message, nameOf), ...replyTo }
  return [{ collection, id, author, createdAt, updatedAt, data }, ...reactionsOf(message, id, createdAt, nameOf)]
}

/** Slack does not tell when somebody reacted: a reaction has the date of its message. */
function reactionsOf(
  { reactions = [] }: SlackMessage,
  message: string,
  createdAt: string,
  nameOf: (id: string) => string,
): ImportedRecord[] {
  return reactions.flatMap(({ name, users = [] }) =>
    users.map((user) => {
      const author = nameOf(user)
      const data = { message, emoji: `:${name}:` }
      const key = `${message}.${author}.${name}`.replaceAll(/[^A-Za-z0-9_.:~@-]/g, '~')
      return { collection: 'reactions', key, author, createdAt, data }
    }),
  )
}

function textOf({ text = '', files = [] }: SlackMessage, nameOf: (id: string) => string): string {
  const names = files.map(({ title, name }) => `[${title ?? name ?? 'file'}]`)
  return [plainText(text, nameOf), ...names].filter((part) => part !== '').join('\n')
}

function idOf(ts: string): string {
  return `slack-${ts}`
}

function dateOf(ts: string): string {
  const ms = Math.floor(Number(ts) * 1000)
  return Number.isFinite(ms) ? new Date(ms).toISOString() : ts
}
