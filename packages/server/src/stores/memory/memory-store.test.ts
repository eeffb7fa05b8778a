import { describe, expect, test } from 'vitest'
import { storeContract } from '../../ports/store.contract.ts'
import {
  commit,
  commitUnit,
  create,
  general,
  idOf,
  range,
  recordOf,
  unit,
  wide,
  write,
} from '../../ports/store-contract/store.fixture.ts'
import { openMemoryStore } from './memory-store.ts'

storeContract('the memory store', async () => openMemoryStore())

const erase = (recordId: string, expectRev: number) => write({ recordId, effect: 'delete', data: '', expectRev })

describe('the memory store alone', () => {
  test('a record of the memory store that changed many times is read at the cost of one', async () => {
    const store = openMemoryStore()
    await commit(store, create('a'), create('b'))
    for (const index of range(5000))
      await commit(store, write({ recordId: 'a', expectRev: index === 0 ? 1 : index + 2 }))
    const read = await store.changes({ channel: general, after: 0, ...wide })
    expect(read?.changes.map(({ id, rev }) => [id, rev])).toEqual([
      ['b', 2],
      ['a', 5002],
    ])
    expect(await store.changes({ channel: general, after: 5001, ...wide })).toMatchObject({
      changes: [{ id: 'a' }],
      to: 5002,
    })
  })

  test('the memory store drops the oldest tombstones beyond its bound and raises the floor', async () => {
    const store = openMemoryStore({ tombstones: 10 })
    await commit(store, create('stays'))
    let head = 1
    for (const index of range(40)) {
      await commit(store, create(idOf(index)))
      await commit(store, erase(idOf(index), head + 1))
      head += 2
    }
    const read = await store.changes({ channel: general, after: 0, ...wide })
    const tombstones = read?.changes.filter((record) => record.deleted) ?? []
    expect(tombstones.length).toBeLessThanOrEqual(10)
    expect(tombstones.at(-1)?.id).toBe(idOf(39))
    expect(read?.channel.floor).toBe((tombstones[0]?.rev ?? 0) - 2)
    expect(await recordOf(store, 'stays')).not.toBeNull()
    expect(await recordOf(store, idOf(0))).toBeNull()
  })

  test('the memory store forgets the oldest idempotency keys beyond its bound', async () => {
    const store = openMemoryStore({ keys: 16 })
    const keyed = (index: number) => ({ ...create(idOf(index)), key: { key: `k${index}`, fingerprint: 'f' } })
    for (const index of range(40)) await commit(store, keyed(index))
    const known = await Promise.all(
      range(40).map(
        async (index) => (await store.lookup(general, [], { author: 'ana', key: `k${index}` })).key !== null,
      ),
    )
    expect(known.lastIndexOf(false)).toBe(known.indexOf(true) - 1)
    expect(known.filter(Boolean).length).toBeGreaterThan(12)
    expect(known.filter(Boolean).length).toBeLessThanOrEqual(16)
  })

  test('the memory store takes its epochs from the function given', async () => {
    let count = 0
    const store = openMemoryStore({ newEpoch: () => `epoch${++count}` })
    expect((await commit(store, create('a'))).epoch).toBe('epoch1')
    expect((await commitUnit(store, unit([create('a')], { channel: 'chat:other' }))).epoch).toBe('epoch2')
    await store.renew()
    expect((await store.channel(general))?.epoch).toBe('epoch3')
  })
})
