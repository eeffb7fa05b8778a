/** The search index alone, in this thread, so that each test decides when words are indexed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Arbitrary, array, assert, boolean, constantFrom, nat, property, record } from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { SearchQuery, Unit, Write } from '../../../ports/store.ts'
import { create, idOf, range, unit } from '../../../ports/store-contract/store.fixture.ts'
import { type Database, loadDriver } from '../driver/driver.ts'
import { openForWriting } from '../driver/open-connection.ts'
import { temporaryFolder } from '../file/temporary-folder.fixture.ts'
import { migrate, migrations } from '../migrations/migrate.ts'
import { packGroup } from '../wire/wire-group.ts'
import { unpackOutcomes } from '../wire/wire-outcomes.ts'
import { Writer } from '../writes/writer.ts'
import { SearchReads } from './search-reads.ts'

const driver = await loadDriver()

interface World {
  readonly path: string
  readonly database: Database
  readonly writer: Writer
  readonly commit: (...units: readonly Unit[]) => readonly number[]
  readonly indexAll: () => void
  readonly find: (query: Partial<SearchQuery>) => readonly string[]
}

function openWorld(): World {
  const path = join(temporaryFolder(), 'store.db')
  const database = openForWriting(driver, { path, flush: 'OFF', maxPages: 0 })
  onTestFinished(() => database.close())
  migrate(database)
  const writer = new Writer(database)
  const reads = new SearchReads(database)
  return {
    path,
    database,
    writer,
    commit: (...units) =>
      unpackOutcomes(writer.commit(packGroup(units)), units).map((outcome) =>
        outcome.kind === 'committed' ? outcome.head : 0,
      ),
    indexAll: () => {
      for (let more = true; more; ) {
        const { indexed, erasing } = writer.index(100)
        more = indexed > 0 || erasing
      }
    },
    find: (query) => {
      const whole = {
        channels: ['chat:a'],
        collection: null,
        words: [],
        prefix: null,
        limit: 1000,
        after: null,
        ...query,
      }
      return reads.search(whole).hits.map((hit) => hit.record.id)
    },
  }
}

const said = (recordId: string, words: string, part: Partial<Write> = {}): Write => ({
  ...create(recordId),
  words,
  ...part,
})
const erase = (recordId: string, expectRev: number): Write =>
  said(recordId, '', { effect: 'delete', data: '', expectRev })
const inA = (...writes: readonly Write[]): Unit => unit(writes, { channel: 'chat:a' })

const vocabulary = ['a', 'ab', 'abcdefg', 'abcdefx', 'b', '日本']

interface Act {
  readonly id: number
  readonly words: readonly string[]
  readonly deletes: boolean
  /** 0: index all after it, 1: index a few, else index nothing. */
  readonly index: number
  readonly wide: boolean
}

const acts: Arbitrary<Act> = record({
  id: nat(12),
  words: array(constantFrom(...vocabulary), { maxLength: 3 }),
  deletes: constantFrom(false, false, true),
  index: nat(6),
  wide: boolean(),
})

const first: Act = { id: 999, words: ['b', 'ab'], deletes: false, index: 9, wide: true }

interface Modelled {
  readonly id: string
  readonly channel: string
  readonly words: readonly string[]
  readonly rev: number
  readonly deleted: boolean
}

function perform(world: World, channel: string, old: Modelled | undefined, act: Act): Modelled {
  const id = idOf(act.id)
  const deleted = act.deletes && old !== undefined && !old.deleted
  const words = deleted ? [] : act.words
  const expectRev = old?.rev ?? 0
  const one = deleted ? erase(id, expectRev) : said(id, words.join(' '), { expectRev })
  const [rev = 0] = world.commit(unit([one], { channel }))
  if (act.index === 0) world.indexAll()
  if (act.index === 1) world.writer.index(3)
  return { id, channel, words, rev, deleted }
}

function has(words: readonly string[], word: string, prefix: string): boolean {
  return words.includes(word) && words.some((one) => one.startsWith(prefix))
}

describe('the search index', () => {
  test('a SQLite search gives the same hits before, while and after words are indexed', () => {
    const { commit, writer, find, indexAll } = openWorld()
    commit(...range(90).map((index) => inA(said(idOf(index), index % 3 === 0 ? 'third word' : 'word'))))
    const all = range(90).map(idOf).reverse()
    const thirds = all.filter((id) => Number(id.slice(1)) % 3 === 0)
    const expectAll = (): void => {
      expect(find({ words: ['word'] })).toEqual(all)
      expect(find({ words: ['word'], prefix: 'thi' })).toEqual(thirds)
      expect(find({ words: ['third'], limit: 4 })).toEqual(thirds.slice(0, 4))
    }
    expectAll()
    expect(writer.index(40)).toEqual({ indexed: 40, erasing: false })
    expect(writer.unindexed()).toEqual({ fresh: 50, stale: 0 })
    expectAll()
    indexAll()
    expect(writer.unindexed()).toEqual({ fresh: 0, stale: 0 })
    expectAll()
  })

  test('a SQLite search by a long prefix gives the newest, whether words of its beginning are common now or long ago', () => {
    const { commit, find, indexAll } = openWorld()
    const wordOf = (index: number): string => (index % 2 === 0 ? 'internal' : index < 600 ? 'internet' : 'interval')
    for (let from = 0; from < 1600; from += 100)
      commit(inA(...range(100).map((n) => said(idOf(from + n), wordOf(from + n)))))
    indexAll()
    const idsWith = (prefix: string, limit: number): readonly string[] =>
      range(1600)
        .filter((index) => wordOf(index).startsWith(prefix))
        .map(idOf)
        .reverse()
        .slice(0, limit)
    for (const limit of [1, 10, 400]) {
      for (const prefix of ['inter', 'intern', 'interna', 'interne', 'interv', 'internetx'])
        expect([prefix, find({ prefix, limit })]).toEqual([prefix, idsWith(prefix, limit)])
    }
  })

  test('a SQLite search finds a changed record by its new words alone, also before they are indexed', () => {
    const { commit, find, indexAll } = openWorld()
    commit(inA(said('a', 'old word'), said('b', 'old word')))
    indexAll()
    commit(inA(said('a', 'new word', { expectRev: 1 }), erase('b', 2)))
    const expectNew = (): void => {
      expect(find({ words: ['old'] })).toEqual([])
      expect(find({ words: ['new'] })).toEqual(['a'])
      expect(find({ words: ['word'] })).toEqual(['a'])
    }
    expectNew()
    indexAll()
    expectNew()
  })

  test('a SQLite search equals reading every record, for random histories of writing and indexing, over few and many channels', () => {
    const world = openWorld()
    let run = 0
    const agrees = (history: readonly Act[], word: string, prefix: string): void => {
      const base = `chat:run${run++}`
      // Too many channels to search the index within each.
      const channels = range(40).map((index) => `${base}.${index}`)
      const model = new Map(channels.map((channel) => [channel, perform(world, channel, undefined, first)]))
      for (const act of history) {
        const old = model.get(idOf(act.id))
        const channel = old?.channel ?? channels[act.wide ? act.id : 39] ?? base
        model.set(idOf(act.id), perform(world, channel, old, act))
      }
      for (const within of [channels, channels.slice(2), channels.slice(20), channels.slice(39)]) {
        const expected = [...model].filter(([, one]) => within.includes(one.channel) && has(one.words, word, prefix))
        const ids = expected.map(([, one]) => one.id).reverse()
        expect(world.find({ channels: within, words: [word], prefix })).toEqual(ids)
      }
    }
    const histories = array(acts, { minLength: 1, maxLength: 40, size: 'max' })
    const word = constantFrom(...vocabulary)
    assert(property(histories, word, word, agrees), { numRuns: 150, seed: 20_261_125 })
  })

  test('the SQLite search index keeps no word of a deleted record', () => {
    const { database, path, commit, indexAll } = openWorld()
    const [head = 0] = commit(
      inA(...range(200).map((index) => said(idOf(index), `common w${index}`)), said('s', 'common zzsecretzz')),
    )
    indexAll()
    const onDisk = (): string => {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      return readFileSync(path, 'latin1')
    }
    expect(onDisk()).toContain('zzsecretzz')
    commit(inA(erase('s', head)))
    indexAll()
    expect(onDisk()).not.toContain('secretz')
  })

  test('the SQLite search index drops the words of a dropped channel, and reuses its numbers safely', () => {
    const { writer, database, commit, indexAll, find } = openWorld()
    commit(inA(said('kept', 'word')))
    for (const round of range(3)) {
      const gone = unit(
        range(30).map((index) => said(`${round}.${index}`, 'word gone')),
        { channel: 'chat:b' },
      )
      commit(gone)
      if (round > 0) indexAll()
      if (round > 1) commit(unit([said('2.0', 'word changed', { expectRev: 1 })], { channel: 'chat:b' }))
      writer.drop('chat:b')
      while (writer.sweep.droppedChannels());
    }
    commit(unit([said('new', 'word')], { channel: 'chat:b' }))
    indexAll()
    expect(find({ channels: ['chat:a', 'chat:b'], words: ['word'] })).toEqual(['new', 'kept'])
    for (const table of ['search_text', 'search_shelf', 'shelves', 'records']) {
      expect(database.prepare(`SELECT count(*) FROM ${table}`).get()).toEqual([2])
    }
    const matches = database.prepare('SELECT count(*) FROM search_index WHERE search_index MATCH ?')
    expect(matches.get('gone OR changed')).toEqual([0])
    database.exec("INSERT INTO search_index (search_index) VALUES ('integrity-check')")
  })

  test('the SQLite search index of a file without one is created empty, and records keep their data', () => {
    const path = join(temporaryFolder(), 'store.db')
    const old = openForWriting(driver, { path, flush: 'OFF', maxPages: 0 })
    onTestFinished(() => old.close())
    migrate(
      old,
      migrations.filter(({ version }) => version < 4),
    )
    old.exec(`INSERT INTO channels VALUES (1, 'chat:a', 'e', 1, 0, 0, 5, 'public', NULL, 0, 5);
      INSERT INTO records VALUES (1, 1, 'messages', 'old', 1, 1, 'ana', 5, 5, 0, '{}')`)
    migrate(old)
    const writer = new Writer(old)
    const units = [inA(said('old', 'word', { expectRev: 1 }), said('new', 'word'))]
    expect(unpackOutcomes(writer.commit(packGroup(units)), units)[0]).toMatchObject({ kind: 'committed', head: 3 })
    while (writer.index(10).indexed > 0);
    const query = { channels: ['chat:a'], collection: null, words: ['word'], prefix: null, limit: 9, after: null }
    expect(new SearchReads(old).search(query).hits.map(({ record: { id } }) => id)).toEqual(['new', 'old'])
  })
})
