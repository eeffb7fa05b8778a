import { expect, test } from 'vitest'
import { openMemoryStore } from '../../stores/memory/memory-store.ts'
import { callerOf, coreWorld } from '../simulation/core-world.fixture.ts'
import { HeldStore } from '../simulation/held-store.fixture.ts'
import { write } from '../write/write.ts'
import { Retention } from './retention.ts'

const ana = callerOf('ana')
const noon = Date.parse('2026-11-25T12:00:00Z')

function expiring() {
  const held = new HeldStore(openMemoryStore())
  const collections = { offers: { expires: 'expiresAt', edit: 'user' as const }, notes: {} }
  const world = coreWorld({ store: held.store, config: { channels: { shop: { collections } } } })
  const retention = new Retention(world.core)
  return {
    ...world,
    held,
    run: () => world.done(retention.run()),
    put: (id: string, data: object, collection = 'offers') =>
      world.done(write(world.core, ana, { op: 'put', channel: 'shop:x', collection, recordId: id, data })),
    left: async () => {
      const query = { channel: 'shop:x', collection: 'offers', from: { after: 0 }, limit: 1000, bytes: 1e9 }
      return (await world.store.page(query))?.records.map(({ id }) => id)
    },
  }
}

const inMinutes = (minutes: number) => new Date(noon + minutes * 60_000).toISOString()

test('[RET4] a record is deleted when its own time has come, whatever stands before it', async () => {
  const { put, run, left, clock } = expiring()
  await put('late', { expiresAt: inMinutes(60) })
  await put('never', {})
  await put('nonsense', { expiresAt: 'soon' })
  await put('soon', { expiresAt: inMinutes(10) })
  await put('other', { expiresAt: inMinutes(10) }, 'notes')
  expect(await run()).toBe(0)
  clock.jump(11 * 60_000)
  expect(await run()).toBe(1)
  expect(await left()).toEqual(['late', 'never', 'nonsense'])
  clock.jump(60 * 60_000)
  expect(await run()).toBe(1)
  expect(await left()).toEqual(['never', 'nonsense'])
})

test.each(['5', '2020', '2020-01-01', '2020-01-01T00:00:00', '2020-02-30T00:00:00Z', 'Wed, 01 Jan 2020 00:00:00 GMT'])(
  '[RET4] a record with "%s" in that field is kept: this is no date with a time zone',
  async (expiresAt) => {
    const { put, run, left } = expiring()
    await put('kept', { expiresAt })
    expect(await run()).toBe(0)
    expect(await left()).toEqual(['kept'])
  },
)

test('[RET4] a record that is put off stays, and one that comes later is seen', async () => {
  const { put, run, left, clock } = expiring()
  await put('a', { expiresAt: inMinutes(10) })
  await run()
  await put('a', { expiresAt: inMinutes(30) })
  await put('b', { expiresAt: inMinutes(5) })
  clock.jump(11 * 60_000)
  expect(await run()).toBe(1)
  expect(await left()).toEqual(['a'])
})

test('[RET4] while nothing is over, only what is new is read', async () => {
  const { put, run, held } = expiring()
  for (let number = 0; number < 20; number++) await put(`o${number}`, { expiresAt: inMinutes(60) })
  await run()
  const before = { page: held.count('page'), changes: held.count('changes') }
  await run()
  expect([held.count('page'), held.count('changes')]).toEqual([before.page, before.changes])
  await put('new', {})
  await run()
  expect([held.count('page'), held.count('changes')]).toEqual([before.page, before.changes + 1])
})
