import { describe, expect, test } from 'vitest'
import { encodeChange } from '../../wire/record.ts'
import { commit, create, freshStore, general, idOf, type OpenStore, range, wide, write } from './store.fixture.ts'

export function changesContract(open: OpenStore): void {
  describe('changes', () => {
    test('[STO50] changes contain each record once, in its latest state, in rising revision', async () => {
      const store = await freshStore(open)
      await commit(store, create('a'), create('b'), create('c'))
      await commit(store, write({ recordId: 'b', data: '{"n":1}', expectRev: 2 }))
      await commit(store, write({ recordId: 'a', effect: 'delete', data: '', expectRev: 1 }))
      await commit(
        store,
        write({ recordId: 'b', data: '{"n":2}', expectRev: 4 }),
        write({ collection: 'reactions', recordId: 'a' }),
      )
      const read = await store.changes({ channel: general, after: 0, ...wide })
      expect(read?.changes.map(({ collection, id, rev }) => [collection, id, rev])).toEqual([
        ['messages', 'c', 3],
        ['messages', 'a', 5],
        ['messages', 'b', 6],
        ['reactions', 'a', 7],
      ])
      expect(read?.changes.map(({ data }) => data)).toEqual(['{"text":"c"}', '', '{"n":2}', '{}'])
      expect(read).toMatchObject({ to: 7, more: false, channel: await store.channel(general) })
      const later = await store.changes({ channel: general, after: 5, ...wide })
      expect(later?.changes.map(({ rev }) => rev)).toEqual([6, 7])
    })

    test('[STO51] changes that are cut short give the revision that they reach, and the next read continues from there', async () => {
      const store = await freshStore(open)
      await commit(store, ...range(20).map((index) => create(idOf(index))))
      await commit(store, write({ recordId: idOf(3), data: '{}', expectRev: 4 }))
      const first = await store.changes({ channel: general, after: 0, limit: 6, bytes: wide.bytes })
      expect(first).toMatchObject({ to: 7, more: true })
      expect(first?.changes.map(({ rev }) => rev)).toEqual([1, 2, 3, 5, 6, 7])
      const rest = await store.changes({ channel: general, after: 7, limit: 14, bytes: wide.bytes })
      expect(rest).toMatchObject({ to: 21, more: false })
      expect(rest?.changes.length).toBe(14)
    })

    test('[STO52] changes stay under their byte limit, but one is always given', async () => {
      const store = await freshStore(open)
      await commit(store, ...range(10).map((index) => create(idOf(index), 'é'.repeat(300))))
      const one = await store.changes({ channel: general, after: 4, limit: 100, bytes: 1 })
      expect(one).toMatchObject({ to: 5, more: true })
      const some = await store.changes({ channel: general, after: 0, limit: 100, bytes: 3000 })
      const encoded = some?.changes.map(encodeChange).join(',') ?? ''
      expect(Buffer.byteLength(encoded)).toBeLessThan(3000)
      expect(some).toMatchObject({ to: some?.changes.length, more: true })
      expect(some?.changes.length).toBeGreaterThan(1)
    })

    test('[STO53] from the head on, or beyond it, there are no changes, and the answer gives the head', async () => {
      const store = await freshStore(open)
      await commit(store, create('a'), create('b'))
      for (const after of [2, 3, 1000]) {
        expect(await store.changes({ channel: general, after, ...wide })).toMatchObject({
          changes: [],
          to: 2,
          more: false,
        })
      }
      expect(await store.changes({ channel: 'chat:none', after: 0, ...wide })).toBeNull()
    })

    test('[STO54] a commit is visible to every kind of read from its acknowledgement on', async () => {
      const store = await freshStore(open)
      for (const index of range(30)) {
        await commit(store, create(idOf(index)))
        const [changes, found, channel, read] = await Promise.all([
          store.changes({ channel: general, after: index, ...wide }),
          store.lookup(general, [{ collection: 'messages', recordId: idOf(index) }]),
          store.channel(general),
          store.page({ channel: general, collection: 'messages', from: { newest: true }, limit: 1, bytes: wide.bytes }),
        ])
        expect(changes?.changes.map(({ id }) => id)).toEqual([idOf(index)])
        expect(found.records[0]?.rev).toBe(index + 1)
        expect(found.channel?.head).toBe(index + 1)
        expect(channel?.head).toBe(index + 1)
        expect(read?.records[0]?.id).toBe(idOf(index))
      }
    })
  })
}
