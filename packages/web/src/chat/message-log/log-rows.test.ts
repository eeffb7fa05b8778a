import { expect, test } from 'vitest'
import type { Message } from '../messages/message.ts'
import { buildLogRows, type Row } from './log-rows.ts'

const noon = new Date(2026, 2, 3, 12, 0, 5).getTime()
const second = 1000
const minute = 60_000
const day = 24 * 60 * minute

function message(pos: number, author: string, at: number, replyTo: string | null = null): Message {
  const key = `m${pos}`
  const sent = { edited: false, files: [], delivery: { state: 'acknowledged' } } as const
  return { key, id: key, pos, author, at, text: key, replyTo, ...sent }
}

/** Rows as text: `day`, `unread`, the head of a group as `m1*`, other messages as `m1`. */
function shape(rows: Row[]): string {
  return rows.map((row) => (row.kind === 'message' ? row.key + (row.head ? '*' : '') : row.kind)).join(' ')
}

test('the messages of one author in one minute are one group of rows', () => {
  const messages = [message(1, 'ann', noon), message(2, 'ann', noon + 20 * second), message(3, 'ann', noon + minute)]
  expect(shape(buildLogRows({ messages, readUpTo: null }))).toBe('day m1* m2 m3*')
})

test('another author, or a reply, starts a new group of rows', () => {
  const messages = [message(1, 'ann', noon), message(2, 'bob', noon), message(3, 'bob', noon, 'm1')]
  expect(shape(buildLogRows({ messages, readUpTo: null }))).toBe('day m1* m2* m3*')
})

test('the log has a day line before the first message of each day', () => {
  const messages = [message(1, 'ann', noon), message(2, 'ann', noon + day)]
  expect(shape(buildLogRows({ messages, readUpTo: null }))).toBe('day m1* day m2*')
})

test('the log has one unread line, above the first unread message', () => {
  const messages = [1, 2, 3].map((pos) => message(pos, 'ann', noon))
  expect(shape(buildLogRows({ messages, readUpTo: 1 }))).toBe('day m1* unread m2* m3')
})

test('the log has no unread line if all is read, nor above a pending message', () => {
  const waiting: Message = { ...message(3, 'ann', noon), pos: null, delivery: { state: 'pending' } }
  expect(shape(buildLogRows({ messages: [message(1, 'ann', noon), waiting], readUpTo: 1 }))).toBe('day m1* m3')
})
