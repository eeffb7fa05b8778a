import type { LiveRecord, Page } from 'dovetail-protocol'
import { expect, test } from 'vitest'
import type { MessageData } from '../../session/data-types.ts'
import { findDay } from './find-day.ts'

/** A log of messages at these positions, each written at ten times its position. */
function log(positions: number[]) {
  const reads: number[] = []
  const records = positions.map((pos): LiveRecord<MessageData> => {
    const createdAt = new Date(pos * 10).toISOString()
    return { id: `m${pos}`, pos, rev: pos, author: 'ann', createdAt, updatedAt: createdAt, data: { text: '' } }
  })
  const list = async ({ after, limit = 50 }: { after?: number; limit?: number } = {}): Promise<Page<MessageData>> => {
    reads.push(after ?? -1)
    const page = after === undefined ? records.slice(-limit) : records.filter(({ pos }) => pos > after).slice(0, limit)
    return { records: page, cursor: null, before: null, after: null }
  }
  return { list, reads }
}

test.each([1, 2, 7, 40, 41, 99, 100])(
  'a day is found as the first message from a time on, with gaps between positions (%i)',
  async (wanted) => {
    const positions = [1, 2, 3, 7, 8, 40, 90, 95, 100]
    const first = positions.find((pos) => pos * 10 >= wanted * 10)
    expect(await findDay(log(positions), wanted * 10)).toBe(first)
  },
)

test('a day before all messages is the first message, a day after all is none', async () => {
  expect(await findDay(log([5, 6]), 0)).toBe(5)
  expect(await findDay(log([5, 6]), 61)).toBeNull()
  expect(await findDay(log([]), 0)).toBeNull()
})

test('a day among a hundred thousand messages is found in under 20 reads', async () => {
  const messages = log(Array.from({ length: 100_000 }, (_, i) => i + 1))
  expect(await findDay(messages, 777_770)).toBe(77_777)
  expect(messages.reads.length).toBeLessThan(20)
})
