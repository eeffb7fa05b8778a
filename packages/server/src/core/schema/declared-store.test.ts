import { describe, expect, test } from 'vitest'
import type { Store, StoredRecord } from '../../ports/store.ts'
import { commit, commitUnit, create, general, unit, write } from '../../ports/store-contract/store.fixture.ts'
import { openMemoryStore } from '../../stores/memory/memory-store.ts'
import { type CollectionConfig, compilePolicies } from '../access/policy.ts'
import { DeclaredStore } from './declared-store.ts'
import { schemaLines } from './schema-lines.ts'
import { allRecords, FitCounts, fitOf, recentFits, writeNewest } from './schema-walk.ts'

const messages: CollectionConfig = {
  schema: {
    type: 'object',
    properties: { text: { type: 'string' }, tags: { type: 'array' } },
    required: ['text', 'tags'],
    additionalProperties: false,
  },
  search: ['text'],
  upgrade: [({ body, ...rest }) => ({ ...rest, text: body }), ({ tag, ...rest }) => ({ ...rest, tags: [tag] })],
}
const policies = compilePolicies({ channels: { chat: { collections: { messages } } } })

/** A store that was written by earlier configurations. */
async function oldStore(): Promise<{ store: Store; declared: Store }> {
  const store = openMemoryStore()
  const stored = {
    first: { body: 'a', tag: 1 },
    second: { text: 'b', tag: 2 },
    third: { text: 'c', tags: [3] },
    odd: {},
  }
  const writes = Object.entries(stored).map(([id, data]) => ({
    ...create(id),
    data: JSON.stringify(data),
    words: 'word',
  }))
  await commit(store, ...writes, { ...create('note'), collection: 'notes', words: 'word' })
  await commitUnit(store, unit([create('x')], { channel: 'gone:a' }))
  return { store, declared: new DeclaredStore(store, policies) }
}

const shapes = [
  ['first', '{"text":"a","tags":[1]}'],
  ['second', '{"text":"b","tags":[2]}'],
  ['third', '{"text":"c","tags":[3]}'],
  ['odd', '{}'],
]

const shown = (records: readonly StoredRecord[]) => records.map(({ id, data }) => [id, data])

describe('a store as the configuration knows it', () => {
  test('[SCH1, SCH2] every read gives the newest shape, of the collections that are declared', async () => {
    const { declared } = await oldStore()
    const bounds = { limit: 100, bytes: 100_000 }
    const page = await declared.page({ channel: general, collection: 'messages', from: { newest: true }, ...bounds })
    expect(shown(page?.records ?? [])).toEqual(shapes)
    const read = await declared.changes({ channel: general, after: 0, ...bounds })
    expect(shown(read?.changes ?? [])).toEqual(shapes)
    expect(read?.to).toBe(5)
    const collections = [{ collection: 'messages', limit: 100 }]
    const snapshot = await declared.snapshot({ channel: general, collections, bytes: 100_000 })
    expect(snapshot?.pages.map(({ records }) => shown(records))).toEqual([shapes])
    const sought = { channels: [general], collection: null, words: ['word'], prefix: null, limit: 10, after: null }
    const { hits } = await declared.search(sought)
    expect(shown(hits.map(({ record }) => record))).toEqual(shapes.toReversed())
    const { records } = await declared.lookup(general, [{ collection: 'messages', recordId: 'first' }])
    expect(records.map((record) => record?.data)).toEqual([shapes[0]?.[1]])
  })

  test('[SCH1] a write that changes nothing answers in the newest shape, and stores nothing', async () => {
    const { store, declared } = await oldStore()
    const { results } = await commit(declared, write({ recordId: 'first', effect: 'keep', data: '', expectRev: 1 }))
    expect(results.map(({ record }) => record.data)).toEqual([shapes[0]?.[1]])
    const { records } = await store.lookup(general, [{ collection: 'messages', recordId: 'first' }])
    expect(records.map((record) => record?.data)).toEqual(['{"body":"a","tag":1}'])
  })

  test('[SCH1] an upgrade that throws, or leads to no shape that fits, leaves the data as it is', () => {
    const upgrade = [
      () => {
        throw new Error('unknown')
      },
      () => ({ other: 1 }),
    ]
    const config = { channels: { chat: { collections: { messages: { ...messages, upgrade } } } } }
    const { newest } = compilePolicies(config).of('chat:a')?.collections.get('messages') ?? {}
    expect(newest?.('{"body":"a"}')).toBe('{"body":"a"}')
  })

  test('[SCH1, SCH2] all that a store keeps is told by what it is, and written in the newest shape once', async () => {
    const { store, declared } = await oldStore()
    const read = async (): Promise<FitCounts> => {
      const counts = new FitCounts()
      for await (const { channel, record } of allRecords(store))
        counts.add(channel, record, fitOf(policies, channel, record))
      return counts
    }
    const lines = [
      'chat.messages: 2 of an earlier shape, read in the newest (such as chat:general/messages/first)',
      'chat.messages: 1 of no known shape, served as stored (such as chat:general/messages/odd)',
      'chat.notes: 1 of a collection that is not in the configuration, kept and served nowhere (such as chat:general/notes/note)',
      'gone: 1 of a namespace that is not in the configuration, kept and served nowhere (such as gone:a/messages/x)',
    ]
    expect(schemaLines((await read()).all)).toEqual(lines)
    expect(schemaLines((await recentFits(store, policies)).all).toSorted()).toEqual(lines.toSorted())
    const before = (await store.lookup(general, [{ collection: 'messages', recordId: 'first' }])).records[0]
    for await (const found of allRecords(store))
      if (fitOf(policies, found.channel, found.record) === 'upgraded') await writeNewest(store, policies, [found])
    expect(schemaLines((await read()).all)).toEqual(lines.slice(1))
    const after = (await declared.lookup(general, [{ collection: 'messages', recordId: 'first' }])).records[0]
    expect(after).toEqual({ ...before, data: shapes[0]?.[1], rev: 6 })
  })

  test('records are written in one commit, but for those that others changed meanwhile', async () => {
    const { store } = await oldStore()
    const found = []
    for await (const each of allRecords(store))
      if (fitOf(policies, each.channel, each.record) === 'upgraded') found.push(each)
    await commit(store, write({ recordId: 'first', data: '{"body":"anew"}', expectRev: 1 }))
    expect(await writeNewest(store, policies, found)).toEqual([false, true])
  })
})
