import { type Arbitrary, array, assert, asyncProperty, constantFrom, nat, option, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SearchQuery, Store, Write } from '../store.ts'
import {
  commit,
  commitUnit,
  create,
  freshStore,
  general,
  idOf,
  type OpenStore,
  range,
  unit,
  write,
} from './store.fixture.ts'

function said(recordId: string, words: string, part: Partial<Write> = {}): Write {
  return { ...create(recordId), words, ...part }
}

type Sought = Partial<SearchQuery>

async function search(store: Store, query: Sought): Promise<{ ids: readonly string[]; after: string | null }> {
  const whole = { channels: [general], collection: null, words: [], prefix: null, limit: 100, after: null, ...query }
  const { hits, after } = await store.search(whole)
  return { ids: hits.map(({ record: one }) => one.id), after }
}

async function found(store: Store, query: Sought): Promise<readonly string[]> {
  return (await search(store, query)).ids
}

export function searchContract(open: OpenStore): void {
  describe('search', () => {
    test('[STO90] a search finds the records that contain all words, the last one as a prefix, newest first', async () => {
      const store = await freshStore(open)
      await commit(
        store,
        said('a', 'the quick brown fox'),
        said('b', 'quick quicker quickest'),
        said('c', 'brown bread'),
      )
      expect(await found(store, { words: ['quick'] })).toEqual(['b', 'a'])
      expect(await found(store, { words: ['brown', 'quick'] })).toEqual(['a'])
      expect(await found(store, { prefix: 'br' })).toEqual(['c', 'a'])
      expect(await found(store, { words: ['brown'], prefix: 'b' })).toEqual(['c', 'a'])
      expect(await found(store, { words: ['bro'] })).toEqual([])
      expect(await found(store, { prefix: 'rown' })).toEqual([])
      expect(await found(store, { words: ['quick', 'bread'] })).toEqual([])
    })

    test('[STO91] a search finds a record from its acknowledgement on, by its present words', async () => {
      const store = await freshStore(open)
      await commit(store, said('a', 'old words'), said('b', 'other'), create('unsearched'))
      expect(await found(store, { words: ['old'] })).toEqual(['a'])
      await commit(store, said('a', 'new words', { expectRev: 1 }))
      expect(await found(store, { words: ['old'] })).toEqual([])
      expect(await found(store, { words: ['new'] })).toEqual(['a'])
      await commit(store, write({ recordId: 'a', expectRev: 4 }))
      expect(await found(store, { words: ['words'] })).toEqual([])
      await commit(store, said('unsearched', 'words', { expectRev: 3 }), said('b', '', { expectRev: 2 }))
      expect(await found(store, { words: ['words'] })).toEqual(['unsearched'])
      expect(await found(store, { words: ['other'] })).toEqual([])
    })

    test('[STO92] a search finds no deleted record, and a restored record at its former position', async () => {
      const store = await freshStore(open)
      await commit(store, said('a', 'word'), said('b', 'word'))
      await commit(store, write({ recordId: 'a', effect: 'delete', data: '', expectRev: 1 }))
      expect(await found(store, { words: ['word'] })).toEqual(['b'])
      await commit(store, said('a', 'word again', { expectRev: 3 }), said('c', 'word'))
      expect(await found(store, { words: ['word'] })).toEqual(['c', 'b', 'a'])
      expect(await found(store, { prefix: 'ag' })).toEqual(['a'])
    })

    test('[STO93] a search reads only the channels and the collection given, and orders hits over all of them', async () => {
      const store = await freshStore(open)
      const channels = range(50).map((index) => `chat:${idOf(index)}`)
      const units = range(200).map((index) =>
        unit([said(idOf(index), 'word', { collection: index % 5 === 0 ? 'notes' : 'messages' })], {
          channel: channels[(index * 7) % 50] ?? general,
        }),
      )
      await store.commit(units)
      const expected = (allowed: readonly string[], collection: string | null): readonly string[] =>
        units
          .filter(
            ({ channel, writes }) => allowed.includes(channel) && [null, writes[0]?.collection].includes(collection),
          )
          .map(({ writes }) => writes[0]?.recordId ?? '')
          .reverse()
          .slice(0, 100)
      for (const allowed of [
        channels,
        channels.slice(3, 48),
        channels.slice(10, 13),
        ['chat:r007', 'chat:none', 'chat:r007'],
      ]) {
        for (const collection of [null, 'messages', 'notes']) {
          expect(await found(store, { channels: allowed, collection, words: ['word'] })).toEqual(
            expected(allowed, collection),
          )
        }
      }
      expect(await found(store, { channels: ['chat:none'], words: ['word'] })).toEqual([])
      const { hits } = await store.search({ channels, collection: null, words: [], prefix: 'w', limit: 1, after: null })
      expect(hits).toMatchObject([{ channel: units[199]?.channel, record: { id: 'r199', data: '{"text":"r199"}' } }])
    })

    test('[STO94] a search continues where the last answer ended, without a repeat, and says when nothing is left', async () => {
      const store = await freshStore(open)
      await commit(store, ...range(25).map((index) => said(idOf(index), index % 2 === 0 ? 'even word' : 'word')))
      const walked: string[] = []
      let after: string | null = null
      do {
        const part = await search(store, { words: ['word'], limit: 7, after })
        walked.push(...part.ids)
        after = part.after
        if (walked.length === 7) await commit(store, said('later', 'word'))
      } while (after !== null)
      expect(walked).toEqual(range(25).map(idOf).reverse())
      expect(await search(store, { words: ['even'], limit: 13 })).toMatchObject({ after: null })
      expect(await search(store, { words: ['word'], after: 'never given' })).toEqual({ ids: [], after: null })
    })

    test('[STO95] a search takes any text as words and none as query syntax', async () => {
      const store = await freshStore(open)
      await commit(store, said('a', 'and or not near tokens'), said('b', 'naïve 日本語 привет עברית ไทย ünïcödé_1 𝒳'))
      const odd = [
        '"',
        '""',
        "'",
        '*',
        'a*',
        '^a',
        '(',
        ')',
        'a OR b',
        'tokens:and',
        '-a',
        '+',
        'a b',
        '\u0000',
        '\n',
        ';',
        '{a}',
        'NEAR(a b)',
        '\u{f0001}',
        '%',
        '',
      ]
      for (const word of odd) {
        expect(await found(store, { words: [word] })).toEqual([])
        expect(await found(store, { words: ['and'], prefix: `${word}"` })).toEqual([])
        expect(await found(store, { words: ['and', word] })).toEqual([])
      }
      for (const word of ['and', 'or', 'not', 'near', 'tokens'])
        expect(await found(store, { words: [word] })).toEqual(['a'])
      for (const word of ['naïve', '日本語', 'привет', 'עברית', 'ไทย', 'ünïcödé_1', '𝒳']) {
        expect(await found(store, { words: [word] })).toEqual(['b'])
        expect(await found(store, { prefix: [...word].slice(0, 2).join('') })).toEqual(['b'])
      }
      expect(await found(store, {})).toEqual([])
    })

    test('[STO96] a search finds nothing of a dropped channel, nor in a new channel of the same name', async () => {
      const store = await freshStore(open)
      await commit(store, said('a', 'word'))
      await commitUnit(store, unit([said('b', 'word')], { channel: 'chat:other' }))
      await store.drop(general)
      expect(await found(store, { channels: [general, 'chat:other'], words: ['word'] })).toEqual(['b'])
      await commit(store, said('c', 'word'))
      expect(await found(store, { channels: [general, 'chat:other'], words: ['word'] })).toEqual(['c', 'b'])
    })

    test('[STO97] a search of random corpora finds what reading every record finds, however much was written', async () => {
      const store = await freshStore(open)
      let run = 0
      const property = asyncProperty(
        array(lines, { minLength: 1, maxLength: 60, size: 'max' }),
        array(queries, { maxLength: 12 }),
        (corpus, asked) => agrees(store, `chat:run${run++}`, corpus, asked),
      )
      // Enough writes that a store which indexes in batches has indexed many times.
      await assert(property, { numRuns: 40, seed: 20_261_125 })
    })
  })
}

const vocabulary = ['a', 'ab', 'abc', 'abcd', 'abcdef', 'abcdefg', 'b', 'ba', 'été', 'ét', '日', '日本', '1', '12']

interface Line {
  readonly id: number
  readonly words: readonly string[]
  readonly effect: 'put' | 'delete'
}

const lines: Arbitrary<Line> = record({
  id: nat(25),
  words: array(constantFrom(...vocabulary), { maxLength: 5 }),
  effect: constantFrom('put' as const, 'put' as const, 'put' as const, 'delete' as const),
})

const queries = record({
  words: array(constantFrom(...vocabulary), { maxLength: 2 }),
  prefix: option(constantFrom(...vocabulary)),
  limit: nat(8),
})

type Query = Pick<SearchQuery, 'words' | 'prefix' | 'limit'>

async function agrees(store: Store, channel: string, corpus: readonly Line[], asked: readonly Query[]): Promise<void> {
  const model = new Map<string, { readonly words: readonly string[]; readonly rev: number }>()
  for (const line of corpus) {
    const id = idOf(line.id)
    const old = model.get(id)
    if (line.effect === 'delete' && (old === undefined || old.words.length === 0)) continue
    const words = line.effect === 'delete' ? [] : line.words
    const data = line.effect === 'delete' ? '' : '{}'
    const one = said(id, words.join(' '), { effect: line.effect, data, expectRev: old?.rev ?? 0 })
    const { head } = await commitUnit(store, unit([one], { channel }))
    // A Map keeps the position of a key that is set again, as a store keeps a record's position.
    model.set(id, { words, rev: head })
  }
  for (const query of asked) {
    const expected = [...model]
      .filter(([, { words }]) => meets(words, query))
      .map(([id]) => id)
      .reverse()
    const limit = query.limit + 1
    const part = await search(store, { channels: [channel], ...query, limit })
    expect(part.ids).toEqual(expected.slice(0, limit))
    expect(part.after === null).toBe(expected.length <= limit)
  }
}

function meets(words: readonly string[], query: Query): boolean {
  const { prefix } = query
  if (query.words.length === 0 && prefix === null) return false
  return (
    query.words.every((word) => words.includes(word)) &&
    (prefix === null || words.some((word) => word.startsWith(prefix)))
  )
}
