import { describe, expect, test } from 'vitest'
import { encodeRecord } from '../../wire/record.ts'
import type { PageQuery, RecordPage, Store } from '../store.ts'
import { commit, create, freshStore, general, idOf, type OpenStore, range, unit, wide, write } from './store.fixture.ts'

type From = PageQuery['from']

async function page(store: Store, from: From, limit: number, bytes: number = wide.bytes): Promise<RecordPage> {
  const read = await store.page({ channel: general, collection: 'messages', from, limit, bytes })
  if (read === null) throw new Error('no channel')
  return read
}

const places = ({ records }: RecordPage): readonly number[] => records.map((record) => record.pos)
const ends = ({ before, after }: RecordPage): readonly (number | null)[] => [before, after]

/** 45 records of one millisecond at the odd positions 1, 3 … 89, with reactions between them. */
async function crowd(open: OpenStore): Promise<Store> {
  const store = await freshStore(open)
  const writes = range(45).flatMap((index) => [
    create(idOf(index)),
    write({ collection: 'reactions', recordId: idOf(index) }),
  ])
  await store.commit([unit(writes)])
  return store
}

export function pagesContract(open: OpenStore): void {
  describe('pages', () => {
    test('[STO40] pages walk a collection in both directions with no record left out or repeated, records of one millisecond included', async () => {
      const store = await crowd(open)
      const odd = range(45).map((index) => 2 * index + 1)
      let older = await page(store, { newest: true }, 10)
      const back = [...places(older)]
      expect(ends(older)).toEqual([71, null])
      while (older.before !== null) {
        older = await page(store, { before: older.before }, 10)
        back.unshift(...places(older))
      }
      expect(back).toEqual(odd)
      expect(ends(older)).toEqual([null, 9])
      let newer = await page(store, { after: 0 }, 10)
      const on = [...places(newer)]
      while (newer.after !== null) {
        newer = await page(store, { after: newer.after }, 10)
        on.push(...places(newer))
      }
      expect(on).toEqual(odd)
      expect(ends(newer)).toEqual([81, null])
    })

    test('[STO41] a page around a position has it in its middle, and is full near an end too', async () => {
      const store = await crowd(open)
      expect(places(await page(store, { around: 41 }, 5))).toEqual([37, 39, 41, 43, 45])
      expect(places(await page(store, { around: 42 }, 4))).toEqual([39, 41, 43, 45])
      expect(ends(await page(store, { around: 41 }, 5))).toEqual([37, 45])
      expect(places(await page(store, { around: 1 }, 5))).toEqual([1, 3, 5, 7, 9])
      expect(places(await page(store, { around: 1000 }, 3))).toEqual([85, 87, 89])
      expect(ends(await page(store, { around: 1 }, 45))).toEqual([null, null])
    })

    test('[STO42] a page beyond the last record is empty and says in which direction records exist', async () => {
      const store = await crowd(open)
      const beyond = await page(store, { after: 89 }, 5)
      expect([places(beyond), beyond.after]).toEqual([[], null])
      expect(places(await page(store, { before: beyond.before ?? 0 }, 2))).toEqual([87, 89])
      const beforeFirst = await page(store, { before: 1 }, 5)
      expect([places(beforeFirst), beforeFirst.before]).toEqual([[], null])
      expect(places(await page(store, { after: beforeFirst.after ?? 0 }, 2))).toEqual([1, 3])
    })

    test('[STO43] a page stays under its byte limit but gives one record of any size, and says what is left', async () => {
      const store = await freshStore(open)
      const long = (index: number): string => 'é'.repeat(100 + 37 * index)
      await commit(store, ...range(12).map((index) => create(idOf(index), long(index))))
      for (const bytes of [1, 1500, 4000]) {
        for (const from of [{ newest: true }, { after: 3 }, { around: 6 }] satisfies From[]) {
          const read = await page(store, from, 500, bytes)
          const encoded = read.records.map(encodeRecord).join(',')
          if (read.records.length > 1) expect(Buffer.byteLength(encoded)).toBeLessThan(bytes)
          expect(read.records.length).toBeGreaterThan(0)
          expect(read.records.length).toBeLessThan(12)
          expect(read.before === null && read.after === null).toBe(false)
        }
      }
      let next: number | null = 0
      const walked: number[] = []
      while (next !== null) {
        const read: RecordPage = await page(store, { after: next }, 500, 2500)
        walked.push(...places(read))
        next = read.after
      }
      expect(walked).toEqual(range(12).map((index) => index + 1))
    })

    test('[STO44] a page skips tombstones, and reports no further records where only tombstones follow', async () => {
      const store = await freshStore(open)
      await commit(store, ...range(6).map((index) => create(idOf(index))))
      const erased = [0, 1, 3, 5].map((index) =>
        write({ recordId: idOf(index), effect: 'delete', data: '', expectRev: index + 1 }),
      )
      await commit(store, ...erased)
      const both = await page(store, { newest: true }, 10)
      expect([places(both), ends(both)]).toEqual([
        [3, 5],
        [null, null],
      ])
      const last = await page(store, { newest: true }, 1)
      expect([places(last), ends(last)]).toEqual([[5], [5, null]])
    })

    test('[STO45] a page of a collection without records is empty; a page of a channel that does not exist is null', async () => {
      const store = await crowd(open)
      const query = { collection: 'polls', from: { newest: true }, limit: 5, bytes: wide.bytes } as const
      const read = await store.page({ ...query, channel: general })
      expect(read).toEqual({ channel: await store.channel(general), records: [], before: null, after: null })
      expect(await store.page({ ...query, channel: 'chat:none' })).toBeNull()
    })

    test('[STO46] a page and its head come from one snapshot, also while a writer runs', async () => {
      const store = await freshStore(open)
      await commit(store, create('first'))
      const writing = range(40).map((index) =>
        store.commit([unit([create(`${idOf(index)}.a`), create(`${idOf(index)}.b`)])]),
      )
      const reads = await Promise.all(range(40).map(() => page(store, { newest: true }, 1000)))
      await Promise.all(writing)
      for (const read of reads) expect(read.records.length).toBe(read.channel.head)
      expect(places(await page(store, { newest: true }, 1000)).length).toBe(81)
    })

    test('[STO47] a snapshot gives the newest records of several collections within one byte limit, none of an empty one', async () => {
      const store = await crowd(open)
      const collections = ['messages', 'reactions', 'polls'].map((collection) => ({ collection, limit: 3 }))
      const read = await store.snapshot({ channel: general, collections, bytes: wide.bytes })
      expect(read?.channel).toEqual(await store.channel(general))
      expect(read?.pages.map((one) => [one.records.map((record) => record.pos), one.before, one.after])).toEqual([
        [[85, 87, 89], 85, null],
        [[86, 88, 90], 86, null],
        [[], null, null],
      ])
      const small = await store.snapshot({ channel: general, collections, bytes: 400 })
      expect(small?.pages.map((one) => one.records.length)).toEqual([2, 1, 0])
      expect(await store.snapshot({ channel: 'chat:none', collections, bytes: 400 })).toBeNull()
    })
  })
}
