import type { LiveRecord } from 'dovetail-protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { grown } from '../src/growing/grown.ts'
import { growing } from '../src/growing.ts'
import { settle } from './support/fake-clock.ts'

const stamp = '2026-11-25T00:00:00.000Z'
const record = (rev: number, data: unknown): LiveRecord => ({
  ...{ id: 'a', pos: 1, rev, author: 'ana', createdAt: stamp, updatedAt: stamp },
  data,
})
const append = (from: number, rev: number, at: number, value: string, path = '/text') => ({
  ...{ id: 'a', from, rev, updatedAt: stamp },
  pieces: [{ path, at, value }],
})

test('[APP6] a piece fits each state of its run, and leaves what it was added to as it was', () => {
  const texts = fc.array(fc.string(), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(texts, fc.nat(), fc.nat(), fc.constantFrom('/text', '/list/1/__proto__'), (pieces, a, b, path) => {
      const dataOf = (text: string) =>
        JSON.parse(path === '/text' ? JSON.stringify({ text }) : `{"list":[0,{"__proto__":${JSON.stringify(text)}}]}`)
      const states = pieces.map((_, index) => pieces.slice(0, index + 1).join(''))
      const from = a % states.length
      const held = from + (b % (states.length - from))
      const last = states.length - 1
      const at = states[from]?.length ?? 0
      const change = append(from + 1, last + 1, at, (states[last] ?? '').slice(at), path)
      const before = record(held + 1, dataOf(states[held] ?? ''))
      const frozen = JSON.stringify(before)
      expect(grown(before, change).data).toEqual(dataOf(states[last] ?? ''))
      expect(JSON.stringify(before)).toBe(frozen)
    }),
  )
})

/** A link that the test plays, and what the SDK is given. */
function played(read: (path: string) => Promise<unknown>) {
  const given: { op: string; to?: number; changes?: { record: LiveRecord }[] }[] = []
  const reads: string[] = []
  const get = (path: string) => {
    reads.push(path)
    return read(path)
  }
  const network = { rest: { get }, clock: { after: () => () => {} }, random: () => 0 }
  let inner: { frame(frame: object): void; subscribed(request: object, ok: object): void } | undefined
  let sent: object | undefined
  const events = { frame: (frame: (typeof given)[number]) => given.push(frame), subscribed: () => {} }
  const link = growing(
    (wrapped: typeof inner) => {
      inner = wrapped
      return { subscribe: (request: object) => (sent = request) }
    },
    network as never,
    events as never,
  ) as { subscribe(request: object): void }
  link.subscribe({ channel: 'chat:a' })
  const subscribed = (records: LiveRecord[]) =>
    inner?.subscribed(sent ?? {}, { snapshot: { messages: { records, before: 0 } } })
  const frame = (from: number, to: number, ...changes: object[]) =>
    inner?.frame({ op: 'changes', channel: 'chat:a', from, to, cursor: `e.${to}`, changes })
  const texts = () =>
    given.flatMap(({ changes = [] }) => changes.map(({ record: { data } }) => (data as { text: string }).text))
  return { given, reads, sent: () => sent, subscribed, frame, texts }
}
const piece = (...args: Parameters<typeof append>) => ({ collection: 'messages', append: append(...args) })

test('[APP6] it asks for pieces, and gives whole records', () => {
  const { sent, subscribed, frame, texts, reads } = played(async () => record(1, {}))
  expect(sent()).toEqual({ channel: 'chat:a', appends: true })
  subscribed([record(1, { text: 'one' })])
  frame(1, 2, piece(1, 2, 3, ' two'))
  frame(2, 4, piece(2, 4, 7, ' three'))
  expect([texts(), reads]).toEqual([['one two', 'one two three'], []])
})

test('[APP8] a record that it lacks is read once, and what comes meanwhile waits in order', async () => {
  let answer: (value: unknown) => void = () => {}
  const { subscribed, frame, texts, reads, given } = played(() => new Promise((resolve) => (answer = resolve)))
  subscribed([])
  frame(4, 5, piece(4, 5, 3, '5'))
  frame(5, 6, { collection: 'messages', record: { ...record(6, { text: 'other' }), id: 'b' } })
  frame(6, 8, piece(5, 8, 4, '678'))
  expect(given).toEqual([])
  answer(record(7, { text: 'abc567' }))
  await settle()
  expect(reads).toEqual(['/v1/channels/chat%3Aa/messages/a'])
  expect(texts()).toEqual(['other', 'abc5678'])
  expect(given.map(({ to }) => to)).toEqual([5, 6, 8])
})

test('[APP8] a record that is gone is left out', async () => {
  const { subscribed, frame, given } = played(() =>
    Promise.reject(Object.assign(new Error(), { code: 'gone', status: 410 })),
  )
  subscribed([])
  frame(4, 5, piece(4, 5, 3, '5'))
  frame(5, 6, { collection: 'messages', record: { id: 'a', pos: 1, rev: 6, deleted: true } })
  await settle()
  expect(given.map(({ to, changes }) => [to, changes?.length])).toEqual([
    [5, 0],
    [6, 1],
  ])
})
