import { expect, test } from 'vitest'
import type { Message } from './message.ts'
import { type Row, rowsOf } from './rows.ts'

const noon = new Date(2026, 2, 3, 12, 0, 5).getTime()
const second = 1000
const minute = 60_000
const day = 24 * 60 * minute

function message(pos: number, author: string, at: number, replyTo: string | null = null): Message {
  const key = `m${pos}`
  return { key, id: key, pos, author, at, edited: false, text: key, replyTo, delivery: { state: 'acknowledged' } }
}

/** `day`, `unread`, a head as `m1*`, what goes on a group as `m1`. */
function shape(rows: Row[]): string {
  return rows.map((row) => (row.kind === 'message' ? row.key + (row.head ? '*' : '') : row.kind)).join(' ')
}

test('a minute of one author is one group', () => {
  const messages = [message(1, 'ann', noon), message(2, 'ann', noon + 20 * second), message(3, 'ann', noon + minute)]
  expect(shape(rowsOf({ messages, readUpTo: null }))).toBe('day m1* m2 m3*')
})

test('another author, or a reply, starts a group', () => {
  const messages = [message(1, 'ann', noon), message(2, 'bob', noon), message(3, 'bob', noon, 'm1')]
  expect(shape(rowsOf({ messages, readUpTo: null }))).toBe('day m1* m2* m3*')
})

test('a day line stands before the first message of each day', () => {
  const messages = [message(1, 'ann', noon), message(2, 'ann', noon + day)]
  expect(shape(rowsOf({ messages, readUpTo: null }))).toBe('day m1* day m2*')
})

test('the unread line stands once, above the first message that was not read', () => {
  const messages = [1, 2, 3].map((pos) => message(pos, 'ann', noon))
  expect(shape(rowsOf({ messages, readUpTo: 1 }))).toBe('day m1* unread m2* m3')
})

test('no unread line where all was read, and none above a message that waits to be sent', () => {
  const waiting: Message = { ...message(3, 'ann', noon), pos: null, delivery: { state: 'pending' } }
  expect(shape(rowsOf({ messages: [message(1, 'ann', noon), waiting], readUpTo: 1 }))).toBe('day m1* m3')
})
