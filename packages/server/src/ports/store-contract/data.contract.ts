import { describe, expect, test } from 'vitest'
import type { StoredRecord, Write } from '../store.ts'
import {
  commit,
  commitUnit,
  create,
  freshStore,
  general,
  type OpenStore,
  range,
  recordOf,
  unit,
  wide,
  write,
} from './store.fixture.ts'

/** Every code point that a payload may contain, in blocks: all but U+0000 and the surrogates. */
function unicode(): readonly string[] {
  const blocks: string[] = []
  for (let from = 1; from < 0x11_0000; from += 0x1000) {
    let block = ''
    for (let point = from; point < Math.min(from + 0x1000, 0x11_0000); point++) {
      if (point < 0xd800 || point > 0xdfff) block += String.fromCodePoint(point)
    }
    blocks.push(block)
  }
  return blocks
}

const oddTexts: readonly string[] = [
  JSON.stringify({ __proto__: null, constructor: { prototype: 1 } }),
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  '{"text":"\\u2028\\u2029 \\"quoted\\" \\\\ \'; DROP TABLE records; --"}',
  JSON.stringify({ text: 'x'.repeat(65_536 - 11) }),
  JSON.stringify({ numbers: [0, -0, 1e308, 5e-324, 9_007_199_254_740_991, 0.1] }),
  '"only text"',
  'null',
  '[]',
]

export function dataContract(open: OpenStore): void {
  describe('data', () => {
    test('[STO70] record data of any Unicode text is read as it was written', async () => {
      const store = await freshStore(open)
      const blocks = unicode()
      const writes = blocks.map((block, index) => write({ recordId: `b${index}`, data: JSON.stringify({ block }) }))
      await commit(store, ...writes)
      const read: StoredRecord[] = []
      while (read.length < blocks.length) {
        const part = await store.changes({ channel: general, after: read.length, ...wide })
        read.push(...(part?.changes ?? []))
      }
      expect(read.map((record) => record.data === writes[record.pos - 1]?.data).every(Boolean)).toBe(true)
    })

    test('[STO71] unusual or large record data is the same text in every kind of read', async () => {
      const store = await freshStore(open)
      const { results } = await commit(store, ...oddTexts.map((data, index) => write({ recordId: `o${index}`, data })))
      const page = await store.page({ channel: general, collection: 'messages', from: { newest: true }, ...wide })
      const changes = await store.changes({ channel: general, after: 0, ...wide })
      for (const records of [results.map(({ record }) => record), page?.records, changes?.changes]) {
        expect(records?.map(({ data }) => data)).toEqual(oddTexts)
      }
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    })

    test('[STO72] a record is found under every name that the protocol allows', async () => {
      const store = await freshStore(open)
      const names: readonly Partial<Write>[] = [
        { recordId: '__proto__' },
        { recordId: 'constructor' },
        { recordId: '~A.:@-_' },
        { recordId: 'x'.repeat(128) },
        { recordId: 'toString', collection: 'constructor' },
        { recordId: 'a', collection: 'a-b_c', author: 'o.o:~@+-' },
        { recordId: '0', author: '__proto__' },
      ]
      const writes = names.map((part) => write({ ...part, key: { key: `"'%_${part.recordId}`, fingerprint: 'f' } }))
      const { results } = await commitUnit(store, unit(writes, { channel: '0:.~@-_' }))
      const found = await store.lookup('0:.~@-_', writes)
      expect(found.records).toEqual(results.map(({ record }) => record))
      const replay = await commitUnit(store, unit(writes, { channel: '0:.~@-_' }))
      expect(replay.results.map(({ kind }) => kind)).toEqual(writes.map(() => 'replayed'))
    })

    test('[STO73] record ids that differ only in case are two records', async () => {
      const store = await freshStore(open)
      await commit(store, create('Id', 'upper'), create('id', 'lower'))
      expect([(await recordOf(store, 'Id'))?.pos, (await recordOf(store, 'id'))?.pos]).toEqual([1, 2])
    })

    test('[STO74] a unit of many writes is one commit', async () => {
      const store = await freshStore(open)
      const { head, results } = await commit(store, ...range(2000).map((index) => create(`n${index}`)))
      expect([head, results.length]).toEqual([2000, 2000])
    })
  })
}
