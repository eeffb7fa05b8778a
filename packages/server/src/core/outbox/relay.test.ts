import { expect, test } from 'vitest'
import type { Outbox, OutboxEntry, OutboxRefusal } from '../../ports/outbox/outbox.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import { openMemoryStore } from '../../stores/memory/memory-store.ts'
import { callerOf, coreWorld } from '../simulation/core-world.fixture.ts'
import { HeldStore } from '../simulation/held-store.fixture.ts'
import { OutboxRelay } from './relay.ts'

/** An outbox in memory. `unsettled` is how often `settle` fails from now on, as where the database breaks off. */
class MemoryOutbox implements Outbox {
  readonly entries: OutboxEntry[] = []
  readonly refused: OutboxRefusal[] = []
  unsettled = 0
  isClosed = false
  #listener: () => void = () => {}
  #count = 0

  publish(channel: string, given: Partial<OutboxEntry> = {}): void {
    const id = String(++this.#count)
    const entry = { id, channel, collection: 'messages', op: 'create', recordId: null, author: 'ana', key: null }
    this.entries.push({ ...entry, data: JSON.stringify({ text: id }), ...given })
    this.#listener()
  }

  async waiting(limit: number): Promise<readonly OutboxEntry[]> {
    return this.entries.slice(0, limit)
  }

  async settle(written: readonly string[], refused: readonly OutboxRefusal[]): Promise<void> {
    if (this.unsettled-- > 0) throw new StoreUnavailable('cut')
    this.refused.push(...refused)
    const settled = new Set([...written, ...refused.map(({ id }) => id)])
    this.entries.splice(0, Infinity, ...this.entries.filter(({ id }) => !settled.has(id)))
  }

  onWaiting(listener: () => void): void {
    this.#listener = listener
  }

  async close(): Promise<void> {
    this.isClosed = true
  }
}

function relaying() {
  const held = new HeldStore(openMemoryStore())
  const world = coreWorld({ store: held.store })
  const outbox = new MemoryOutbox()
  const { core } = world
  const relay = new OutboxRelay({ outbox, core, caller: callerOf('service', 'service') })
  const texts = async (channel: string): Promise<string[]> => {
    const read = await held.store.changes({ channel, after: 0, limit: 1000, bytes: 1e6 })
    return (read?.changes ?? []).map(({ data }) => JSON.parse(data).text)
  }
  return { ...world, held, outbox, relay, texts, settled: () => world.clock.pass(100) }
}

test('[OUT2] entries of a channel are written in their order, for their authors, and leave the outbox', async () => {
  const { outbox, texts, settled, relay, held } = relaying()
  for (const channel of ['chat:a', 'chat:b', 'chat:a', 'chat:a']) outbox.publish(channel)
  await settled()
  expect([await texts('chat:a'), await texts('chat:b')]).toEqual([['1', '3', '4'], ['2']])
  expect((await held.store.changes({ channel: 'chat:b', after: 0, limit: 9, bytes: 1e6 }))?.changes).toMatchObject([
    { author: 'ana' },
  ])
  expect([outbox.entries, relay.counts]).toEqual([[], { relayed: 4, refused: 0 }])
})

test('[OUT3] an entry that was written but not settled is not written a second time', async () => {
  const { outbox, texts, settled, clock, reports } = relaying()
  outbox.unsettled = 1
  outbox.publish('chat:a')
  await settled()
  expect([await texts('chat:a'), outbox.entries.length]).toEqual([['1'], 1])
  outbox.publish('chat:a')
  await clock.pass(1500)
  expect([await texts('chat:a'), outbox.entries.length]).toEqual([['1', '2'], 0])
  expect(reports).toEqual(['relaying the outbox: StoreUnavailable: cut'])
})

test('[OUT3] with a key of its own, what an application leaves twice is written once', async () => {
  const { outbox, texts, settled } = relaying()
  for (let twice = 0; twice < 2; twice++) outbox.publish('chat:a', { key: 'order-7', data: '{"text":"paid"}' })
  await settled()
  expect([await texts('chat:a'), outbox.entries.length]).toEqual([['paid'], 0])
})

test('[OUT3, OUT6] appends are made in their order, once each, also where one was written but not settled', async () => {
  const { outbox, texts, settled, clock } = relaying()
  const piece = (value: string) => JSON.stringify([{ op: 'append', path: '/text', value }])
  outbox.publish('chat:a', { op: 'put', recordId: 'log', data: '{"text":"a"}' })
  await settled()
  outbox.unsettled = 1
  for (const value of ['b', 'c']) outbox.publish('chat:a', { op: 'append', recordId: 'log', data: piece(value) })
  await settled()
  outbox.publish('chat:a', { op: 'append', recordId: 'log', data: piece('d') })
  await clock.pass(1500)
  expect([await texts('chat:a'), outbox.entries.length]).toEqual([['abcd'], 0])
})

test('[OUT4, OUT6] an append to nothing, or of what is no list of operations, is kept with its reason', async () => {
  const { outbox, texts, settled } = relaying()
  const data = JSON.stringify([{ op: 'append', path: '/text', value: 'b' }])
  outbox.publish('chat:a', { op: 'append', recordId: 'absent', data })
  outbox.publish('chat:a', { op: 'put', recordId: 'log', data: '{"text":"a"}' })
  outbox.publish('chat:a', { op: 'append', recordId: 'log', data: '{"text":"b"}' })
  outbox.publish('chat:a', { op: 'append', recordId: 'log', data: null })
  outbox.publish('chat:a', { op: 'append', data })
  outbox.publish('chat:a', { op: 'append', recordId: 'log', data })
  await settled()
  expect(await texts('chat:a')).toEqual(['ab'])
  const codes = outbox.refused.map(({ id, code }) => [id, code]).sort()
  expect(codes.map(([id]) => id)).toEqual(['1', '3', '4', '5'])
  expect(codes.slice(0, 3).map(([, code]) => code)).toEqual(['not_found', 'invalid_data', 'invalid_data'])
})

test('[OUT4] what no later try would change is kept with its reason, and those behind it are written', async () => {
  const { outbox, texts, settled, relay } = relaying()
  outbox.publish('chat:a', { collection: 'notes', data: '{"n":"no number"}' })
  outbox.publish('nowhere:a')
  outbox.publish('chat:a', { op: 'rename' })
  outbox.publish('chat:a', { data: null })
  outbox.publish('chat:a')
  await settled()
  expect(await texts('chat:a')).toEqual(['5'])
  const codes = outbox.refused.map(({ id, code }) => [id, code]).sort()
  expect(codes).toEqual([
    ['1', 'invalid_data'],
    ['2', 'not_found'],
    ['3', 'invalid_data'],
    ['4', 'invalid_data'],
  ])
  expect(outbox.refused.find(({ id }) => id === '1')?.detail).toMatch(/does not fit the schema of "notes"\.\n\/n ./)
  expect(relay.counts).toEqual({ relayed: 1, refused: 4 })
})

test('[OUT2] while the store is away entries wait in their order, also one that it did write; one line is reported', async () => {
  const { outbox, texts, held, clock, reports } = relaying()
  held.hold('commit')
  outbox.publish('chat:a')
  outbox.publish('chat:a')
  await clock.pass(100)
  held.fail(new StoreUnavailable('away'))
  await clock.pass(100)
  expect([await texts('chat:a'), outbox.entries.length, reports.length]).toEqual([['1'], 2, 1])
  await clock.pass(1500)
  expect([await texts('chat:a'), outbox.entries.length, reports.length]).toEqual([['1', '2'], 0, 1])
})

test('[OUT2] more entries than one round takes are written without a further call', async () => {
  const { outbox, texts, clock } = relaying()
  for (let count = 0; count < 450; count++) outbox.publish('chat:a')
  await clock.pass(5000)
  expect((await texts('chat:a')).length).toBe(450)
})

test('close waits for the round under way, and relays nothing afterwards', async () => {
  const { outbox, texts, held, relay, clock, settled } = relaying()
  held.hold('commit')
  outbox.publish('chat:a')
  outbox.publish('chat:a')
  await clock.pass(100)
  let isClosed = false
  const closing = relay.close().then(() => {
    isClosed = true
  })
  await clock.pass(10)
  expect([isClosed, outbox.isClosed]).toEqual([false, false])
  held.release()
  await settled()
  await closing
  expect([await texts('chat:a'), outbox.isClosed]).toEqual([['1'], true])
  outbox.publish('chat:a')
  await settled()
  expect(await texts('chat:a')).toEqual(['1'])
})
