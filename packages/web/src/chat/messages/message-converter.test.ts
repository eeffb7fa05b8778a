import { DovetailError, type LiveEntry } from 'dovetail-client'
import { expect, test } from 'vitest'
import type { MessageData } from '../../session/data-types.ts'
import { createMessageConverter } from './message-converter.ts'

const createdAt = '2026-01-02T03:04:05.678Z'
const data = { text: 'hello' }

function record(rev: number) {
  return { id: 'r1', pos: 7, rev, author: 'ann', createdAt, updatedAt: createdAt, data }
}
function acknowledged(rev: number): LiveEntry<MessageData> {
  return { status: 'acknowledged', key: 'k', data, record: record(rev) }
}

test('a record becomes a message with its position, marked as edited if it was changed', () => {
  const toMessages = createMessageConverter()
  const [first] = toMessages([acknowledged(7)], 'me')
  expect(first).toMatchObject({ id: 'r1', pos: 7, author: 'ann', at: Date.parse(createdAt), edited: false })
  expect(toMessages([acknowledged(9)], 'me')[0]?.edited).toBe(true)
})

test('a pending message is the reader’s own, and has no position', () => {
  const entry: LiveEntry<MessageData> = { status: 'pending', key: 'k', op: 'create', data, record: null, writtenAt: 5 }
  expect(createMessageConverter()([entry], 'me')).toMatchObject([
    { author: 'me', at: 5, pos: null, delivery: { state: 'pending' } },
  ])
})

test('a pending deletion hides its message; a refused one shows it with the reason', () => {
  const pending: LiveEntry<MessageData> = {
    status: 'pending',
    key: 'k',
    op: 'delete',
    data,
    record: record(7),
    writtenAt: 5,
  }
  const error = new DovetailError('forbidden', 'This is not yours.')
  const failed: LiveEntry<MessageData> = { ...pending, status: 'failed', error }
  expect(createMessageConverter()([pending], 'me')).toEqual([])
  expect(createMessageConverter()([failed], 'me')[0]?.delivery).toEqual({
    state: 'failed',
    reason: 'Not deleted: This is not yours.',
  })
})

test('the same entry becomes the same message object', () => {
  const toMessages = createMessageConverter()
  const entry = acknowledged(7)
  expect(toMessages([entry], 'me')[0]).toBe(toMessages([entry], 'me')[0])
})
