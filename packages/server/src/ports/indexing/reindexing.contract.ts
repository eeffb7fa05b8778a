import { describe, expect, onTestFinished, test } from 'vitest'
import type { Store } from '../store.ts'
import { commitUnit, create, general, idOf, range, unit, write } from '../store-contract/store.fixture.ts'
import type { IndexedCollection, Reindexing } from './reindexing.ts'

type IndexedStore = Store & { readonly reindexing: Reindexing }

/** `reopen` closes the store and opens the same data again. */
export type OpenIndexed = () => Promise<{ readonly store: IndexedStore; readonly reopen: () => Promise<IndexedStore> }>

function rulesOf(rules: string, collection = 'messages'): IndexedCollection {
  return { namespace: 'chat', collection, rules }
}

const node = 'node'
type WordsOf = (data: string, index: number) => string
const numbered =
  (word: string): WordsOf =>
  (_data, index) =>
    `${word} ${word}${index}`
const asWritten: WordsOf = (data) => JSON.parse(data).text

/** Does up to `groups` groups of the walk. Returns the records that were in them, and whether it has ended. */
async function walk({ reindexing }: IndexedStore, wordsOf: WordsOf, groups = Number.POSITIVE_INFINITY, limit = 7) {
  const seen: string[] = []
  for (let each = 0; each < groups && (await reindexing.progress()) !== null; each++) {
    const group = await reindexing.next(node, limit)
    if (group === null) throw new Error('nobody else is at it')
    expect(group.records.length).toBeLessThanOrEqual(limit)
    seen.push(...group.records.map(({ channel, collection, data }) => `${channel} ${collection} ${data}`))
    await reindexing.put(
      node,
      group,
      group.records.map(({ data }, index) => wordsOf(data, index)),
    )
  }
  return { seen, isDone: (await reindexing.progress()) === null }
}

async function found(store: Store, word: string): Promise<number> {
  const { hits } = await store.search({
    channels: [general, 'chat:b', 'team:a'],
    collection: null,
    words: [word],
    prefix: null,
    limit: 500,
    after: null,
  })
  return hits.length
}

/** Ten messages in each of three channels, two of them of `chat`, and as many notes. */
async function fill(store: Store): Promise<void> {
  for (const channel of [general, 'chat:b', 'team:a']) {
    const writes = range(20).map((index) => ({
      ...create(idOf(index)),
      collection: index % 2 === 0 ? 'messages' : 'notes',
      words: 'first',
    }))
    await commitUnit(store, unit(writes, { channel }))
  }
}

export function reindexingContract(open: OpenIndexed): void {
  const opened = async (): Promise<IndexedStore> => {
    const { store } = await open()
    onTestFinished(() => store.close())
    return store
  }

  describe('indexing anew', () => {
    test('[SEA14] a store without records follows any rules at once', async () => {
      const store = await opened()
      await store.reindexing.begin([rulesOf('one')])
      expect(await store.reindexing.progress()).toBeNull()
      await fill(store)
      await store.reindexing.begin([rulesOf('one')])
      expect(await store.reindexing.progress()).toBeNull()
    })

    test('[SEA14] other rules take a walk over the records of the collection, and searches find the new words', async () => {
      const store = await opened()
      await fill(store)
      await store.reindexing.begin([rulesOf('one'), rulesOf('', 'notes')])
      expect(await store.reindexing.progress()).toMatchObject({
        collections: [{ namespace: 'chat', collection: 'messages' }],
      })
      const { seen, isDone } = await walk(store, numbered('second'))
      expect(isDone).toBe(true)
      expect([...seen].sort()).toEqual(
        [general, 'chat:b']
          .flatMap((channel) => range(10).map((n) => `${channel} messages {"text":"${idOf(2 * n)}"}`))
          .sort(),
      )
      expect([await found(store, 'second'), await found(store, 'first')]).toEqual([20, 40])
      await store.reindexing.begin([rulesOf('one'), rulesOf('', 'notes')])
      expect(await store.reindexing.progress()).toBeNull()
    })

    test('[SEA14] a collection that is no longer searched, or no longer there, loses its words', async () => {
      const store = await opened()
      await store.reindexing.begin([rulesOf('one'), rulesOf('one', 'notes')])
      await fill(store)
      await store.reindexing.begin([rulesOf('one')])
      expect(await store.reindexing.progress()).toMatchObject({ collections: [{ collection: 'notes' }] })
      for (
        let group = await store.reindexing.next(node, 50);
        group !== null;
        group = await store.reindexing.next(node, 50)
      )
        await store.reindexing.put(
          node,
          group,
          group.records.map(() => ''),
        )
      expect(await found(store, 'first')).toBe(40)
    })

    test('[SEA14] a namespace that left the configuration keeps its words', async () => {
      const store = await opened()
      await store.reindexing.begin([rulesOf('one')])
      await fill(store)
      await store.reindexing.begin([{ namespace: 'team', collection: 'messages', rules: '' }])
      expect(await store.reindexing.progress()).toBeNull()
      await store.reindexing.begin([rulesOf('one')])
      expect(await store.reindexing.progress()).toBeNull()
    })

    test('[SEA14] a walk goes on after a restart, and begins anew where the rules are others again', async () => {
      const { store, reopen } = await open()
      await fill(store)
      await store.reindexing.begin([rulesOf('one')])
      const before = await walk(store, numbered('second'), 1)
      expect(before.seen).toHaveLength(7)
      const again = await reopen()
      onTestFinished(() => again.close())
      await again.reindexing.begin([rulesOf('one')])
      const after = await walk(again, numbered('second'), 1)
      expect(after.seen.filter((each) => before.seen.includes(each))).toEqual([])
      await again.reindexing.begin([rulesOf('two')])
      expect((await walk(again, numbered('third'), 1)).seen).toEqual(before.seen)
      // Some records have the words of `one`, some those of `two`: neither may pass for done.
      await again.reindexing.begin([rulesOf('one')])
      expect(await again.reindexing.progress()).not.toBeNull()
      expect((await walk(again, numbered('fourth'))).seen).toHaveLength(20)
      expect([await found(again, 'fourth'), await found(again, 'third'), await found(again, 'second')]).toEqual([
        20, 0, 0,
      ])
    })

    test('[SEA14, SEA9] a record that is written meanwhile keeps the words of its write', async () => {
      const store = await opened()
      await fill(store)
      await store.reindexing.begin([rulesOf('one')])
      const group = await store.reindexing.next(node, 100)
      if (group === null) throw new Error('there are records')
      await commitUnit(
        store,
        unit([
          write({ recordId: idOf(0), expectRev: 1, data: '{"text":"mine"}', words: 'mine' }),
          { ...create('late'), words: 'late' },
        ]),
      )
      await commitUnit(store, unit([write({ recordId: idOf(2), effect: 'delete', data: '', expectRev: 3 })]))
      await store.reindexing.put(
        node,
        group,
        group.records.map(() => 'stale'),
      )
      expect([await found(store, 'mine'), await found(store, 'late')]).toEqual([1, 1])
      await walk(store, asWritten)
      expect([await found(store, 'mine'), await found(store, 'late'), await found(store, idOf(2))]).toEqual([1, 1, 0])
      expect(await found(store, 'first')).toBe(40)
    })

    test('[SEA14] a group that was already done by another changes nothing', async () => {
      const store = await opened()
      await fill(store)
      await store.reindexing.begin([rulesOf('one')])
      const group = await store.reindexing.next(node, 7)
      if (group === null) throw new Error('there are records')
      await store.reindexing.put(
        node,
        group,
        Array.from({ length: 7 }, () => 'once'),
      )
      await store.reindexing.put(
        node,
        group,
        Array.from({ length: 7 }, () => 'twice'),
      )
      expect([await found(store, 'once'), await found(store, 'twice')]).toEqual([7, 0])
    })
  })
}
