import { describe, expect, test } from 'vitest'
import type { Stamp, Write } from '../store.ts'
import {
  commit,
  commitUnit,
  create,
  freshRead,
  freshStore,
  general,
  type OpenStore,
  outcomeOf,
  recordOf,
  refused,
  unit,
  wide,
  write,
} from './store.fixture.ts'

const then = 1_500_000_000_000
const later = then + 86_400_000

function imported(recordId: string, slot: Stamp['slot'], part: Partial<Write> = {}): Write {
  const stamp = { createdAt: then, updatedAt: later, slot }
  return write({ recordId, data: JSON.stringify({ text: recordId }), words: recordId, stamp, ...part })
}

/** Records that are imported: with their dates, and with their places where they come from another log. */
export function importsContract(open: OpenStore): void {
  describe('imports', () => {
    test('a record with a stamp has its dates and the next revision', async () => {
      const store = await freshStore(open)
      await commit(store, create('now'))
      const { head, results } = await commit(store, imported('old', null))
      const record = results[0]?.record
      expect([head, record]).toEqual([
        2,
        expect.objectContaining({ pos: 2, rev: 2, createdAt: then, updatedAt: later }),
      ])
      expect(await recordOf(store, 'old')).toEqual(record)
    })

    test('a record that exists keeps the date of its creation', async () => {
      const store = await freshStore(open)
      await commit(store, imported('a', null))
      const stamp = { createdAt: 1, updatedAt: later + 1, slot: null }
      const { results } = await commit(store, write({ recordId: 'a', expectRev: 1, data: '{"text":"new"}', stamp }))
      expect(results[0]?.record).toMatchObject({ createdAt: then, updatedAt: later + 1, rev: 2 })
      expect(await recordOf(store, 'a')).toEqual(results[0]?.record)
    })

    test('a stamp says who the author is from now on, and who deleted a record', async () => {
      const store = await freshStore(open)
      await commit(store, imported('a', null))
      const stamp = { createdAt: then, updatedAt: later, slot: null, author: 'nobody', deletedBy: 'olga' }
      const { results } = await commit(store, write({ recordId: 'a', effect: 'delete', data: '', expectRev: 1, stamp }))
      const never = await commit(store, write({ recordId: 'never', effect: 'delete', data: '', stamp }))
      for (const record of [results[0]?.record, never.results[0]?.record]) {
        expect(record).toMatchObject({ author: 'nobody', deletedBy: 'olga', deleted: true })
        expect(await recordOf(store, record?.id ?? '')).toEqual(record)
      }
    })

    test('records with a place stand where they stood, tombstones too, and the head is the one that was named', async () => {
      const store = await freshStore(open)
      const writes = [
        imported('b', { pos: 2, rev: 2 }),
        imported('gone', { pos: 3, rev: 5 }, { effect: 'delete', data: '' }),
        imported('a', { pos: 1, rev: 7 }),
        imported('members', { pos: 4, rev: 8 }, { collection: 'members' }),
      ]
      const outcome = await commitUnit(store, unit(writes, { head: 9 }))
      expect([outcome.head, outcome.results.map(({ record }) => [record.pos, record.rev])]).toEqual([
        9,
        [
          [2, 2],
          [3, 5],
          [1, 7],
          [4, 8],
        ],
      ])
      expect((await freshRead(store)).map(({ id, pos, rev }) => [id, pos, rev])).toEqual([
        ['a', 1, 7],
        ['b', 2, 2],
      ])
      const read = await store.changes({ channel: general, after: 0, ...wide })
      expect(read?.changes.map(({ id }) => id)).toEqual(['b', 'gone', 'a', 'members'])
      expect([read?.to, read?.channel.head, read?.channel.membersRev]).toEqual([9, 9, 8])
      const tombstone = read?.changes[1]
      expect(tombstone).toMatchObject({ deleted: true, author: 'ana', createdAt: then, updatedAt: later, data: '' })
      expect((await commit(store, create('next'))).results[0]?.record).toMatchObject({ pos: 10, rev: 10 })
    })

    test('a revision that the log has reached is a conflict, also within one unit', async () => {
      const store = await freshStore(open)
      await commit(store, create('a'), create('b'))
      expect(await outcomeOf(store, unit([imported('c', { pos: 2, rev: 2 })]))).toEqual(refused('conflict'))
      const twice = [imported('c', { pos: 4, rev: 4 }), imported('d', { pos: 4, rev: 4 })]
      expect(await outcomeOf(store, unit(twice))).toEqual(refused('conflict', 1))
      expect((await store.channel(general))?.head).toBe(2)
    })

    test('a record changed within its import is found once, in its last state', async () => {
      const store = await freshStore(open)
      const changed = imported('a', { pos: 1, rev: 3 }, { expectRev: { write: 0 }, data: '{"text":"z"}', words: 'z' })
      await commit(store, imported('a', { pos: 1, rev: 1 }), imported('b', { pos: 2, rev: 2 }), changed)
      expect(await freshRead(store)).toEqual([
        expect.objectContaining({ id: 'a', pos: 1, rev: 3, data: '{"text":"z"}' }),
        expect.objectContaining({ id: 'b', pos: 2, rev: 2 }),
      ])
    })

    test('a search goes through imported records in the order in which they came, each once', async () => {
      const store = await freshStore(open)
      const words = { words: 'hello' }
      await commit(store, imported('b', { pos: 2, rev: 2 }, words), imported('c', { pos: 3, rev: 3 }, words))
      await commit(store, imported('a', { pos: 1, rev: 4 }, words), imported('d', { pos: 5, rev: 5 }, words))
      const found: string[] = []
      let after: string | null = null
      do {
        const query = { channels: [general], collection: null, words: ['hello'], prefix: null, limit: 1, after }
        const read = await store.search(query)
        found.push(...read.hits.map(({ record }) => record.id))
        after = read.after
      } while (after !== null)
      expect(found).toEqual(['d', 'a', 'c', 'b'])
    })
  })
}
