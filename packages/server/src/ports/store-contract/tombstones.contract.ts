import { describe, expect, test } from 'vitest'
import {
  commit,
  commitUnit,
  create,
  freshStore,
  general,
  idOf,
  idsOf,
  noon,
  type OpenStore,
  range,
  recordOf,
  unit,
  wide,
  write,
} from './store.fixture.ts'

const erase = (recordId: string, expectRev: number) => write({ recordId, effect: 'delete', data: '', expectRev })

export function tombstonesContract(open: OpenStore): void {
  describe('tombstones', () => {
    test('[STO30] a delete leaves a tombstone without data, at the next revision and the same position', async () => {
      const store = await freshStore(open)
      await commit(store, create('a'), create('b'))
      const { results } = await commitUnit(store, unit([erase('a', 1)], { at: noon + 5 }))
      const tombstone = results[0]?.record
      expect(tombstone).toEqual({
        collection: 'messages',
        id: 'a',
        pos: 1,
        rev: 3,
        author: 'ana',
        createdAt: noon,
        updatedAt: noon + 5,
        deleted: true,
        data: '',
        deletedBy: 'ana',
      })
      expect(results[0]?.kind).toBe('changed')
      expect(await recordOf(store, 'a')).toEqual(tombstone)
      expect(await idsOf(store, { newest: true })).toEqual(['b'])
      const read = await store.changes({ channel: general, after: 0, ...wide })
      expect(read?.changes.map(({ id }) => id)).toEqual(['b', 'a'])
    })

    test('[STO31] a restored record has its former position, author and time of creation, and the next revision', async () => {
      const store = await freshStore(open)
      await commit(store, create('a'), create('b'))
      await commit(store, erase('a', 1))
      const back = write({ recordId: 'a', data: '{"n":2}', expectRev: 3, author: 'bob' })
      const { results } = await commitUnit(store, unit([back], { at: noon + 9 }))
      expect(results[0]?.record).toMatchObject({ pos: 1, rev: 4, author: 'ana', createdAt: noon, deleted: false })
      expect(await idsOf(store, { newest: true })).toEqual(['a', 'b'])
    })

    test('[STO35] a tombstone tells who deleted it; a restored record and its next tombstone know nothing of that', async () => {
      const store = await freshStore(open)
      await commit(store, create('a'), create('b'))
      await commit(store, { ...erase('a', 1), author: 'olga' }, { ...erase('b', 2), author: '' })
      const read = await store.changes({ channel: general, after: 0, ...wide })
      expect(read?.changes.map(({ author, deletedBy }) => [author, deletedBy])).toEqual([
        ['ana', 'olga'],
        ['ana', ''],
      ])
      const kept = { ...erase('a', 3), effect: 'keep' as const, author: 'ana', key: { key: 'k', fingerprint: 'f' } }
      expect((await commit(store, kept)).results[0]?.record.deletedBy).toBe('olga')
      await commit(store, write({ recordId: 'a', expectRev: 3 }))
      expect(await recordOf(store, 'a')).not.toHaveProperty('deletedBy')
      await commit(store, erase('a', 5))
      expect((await recordOf(store, 'a'))?.deletedBy).toBe('ana')
    })

    test('[STO32] a purge removes tombstones and raises the floor to the last of their revisions', async () => {
      const store = await freshStore(open)
      await commit(store, ...range(6).map((index) => create(idOf(index))))
      await commitUnit(store, unit([erase(idOf(0), 1), erase(idOf(3), 4)], { at: noon + 1 }))
      await commitUnit(store, unit([erase(idOf(1), 2)], { at: noon + 20 }))
      await commit(store, create('last'))
      expect(await store.purge({ keys: 0, tombstones: noon + 20 })).toEqual({ keys: 0, tombstones: 2 })
      expect(await store.channel(general)).toMatchObject({ floor: 8, head: 10 })
      const read = await store.changes({ channel: general, after: 0, ...wide })
      expect(read?.changes.map(({ id, rev }) => [id, rev])).toEqual([
        [idOf(2), 3],
        [idOf(4), 5],
        [idOf(5), 6],
        [idOf(1), 9],
        ['last', 10],
      ])
      expect(await recordOf(store, idOf(0))).toBeNull()
      expect((await commit(store, create(idOf(0)))).results[0]).toMatchObject({ kind: 'created', record: { pos: 11 } })
    })

    test('[STO33] a purge keeps a tombstone that a remembered key names', async () => {
      const store = await freshStore(open)
      await commit(store, { ...create('a'), key: { key: 'k', fingerprint: 'f' } })
      await commit(store, erase('a', 1), create('b'))
      expect(await store.purge({ keys: 0, tombstones: noon + 1 })).toEqual({ keys: 0, tombstones: 0 })
      expect((await store.lookup(general, [], { author: 'ana', key: 'k' })).key?.record.deleted).toBe(true)
      expect(await store.purge({ keys: noon + 1, tombstones: noon + 1 })).toEqual({ keys: 1, tombstones: 1 })
    })

    test('[STO34] a purge without a time for tombstones removes none', async () => {
      const store = await freshStore(open)
      await commit(store, create('a'), create('b'))
      await commit(store, erase('a', 1), create('c'))
      expect(await store.purge({ keys: noon + 9, tombstones: null })).toEqual({ keys: 0, tombstones: 0 })
      expect(await store.channel(general)).toMatchObject({ floor: 0 })
    })
  })
}
