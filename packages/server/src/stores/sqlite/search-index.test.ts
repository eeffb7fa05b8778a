/** The search index alone, in this thread, so that each test says when words are carried into it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Arbitrary, array, assert, boolean, constantFrom, nat, property, record } from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { SearchQuery, Unit, Write } from '../../ports/store.ts'
import { create, idOf, range, unit } from '../../ports/store-contract/store.fixture.ts'
import { type Database, loadDriver } from './driver.ts'
import { migrate, migrations } from './migrate.ts'
import { openForWriting } from './open-connection.ts'
import { SearchReads } from './search-reads.ts'
import { temporaryFolder } from './temporary-folder.fixture.ts'
import { packGroup } from './wire-group.ts'
import { unpackOutcomes } from './wire-outcomes.ts'
import { Writer } from './writer.ts'

const driver = await loadDriver()

interface World {
  readonly path: string
  readonly database: Database
  readonly writer: Writer
  readonly commit: (...units: readonly Unit[]) => readonly number[]
  readonly carryAll: () => void
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
    carryAll: () => {
      for (let more = true; more; ) {
        const { carried, erasing } = writer.index(100)
        more = carried > 0 || erasing
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
  /** 0: all, 1: a few, else nothing is carried over after it. */
  readonly carry: number
  readonly wide: boolean
}

const acts: Arbitrary<Act> = record({
  id: nat(12),
  words: array(constantFrom(...vocabulary), { maxLength: 3 }),
  deletes: constantFrom(false, false, true),
  carry: nat(6),
  wide: boolean(),
})

const first: Act = { id: 999, words: ['b', 'ab'], deletes: false, carry: 9, wide: true }

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
  if (act.carry === 0) world.carryAll()
  if (act.carry === 1) world.writer.index(3)
  return { id, channel, words, rev, deleted }
}

function has(words: readonly string[], word: string, prefix: string): boolean {
  return words.includes(word) && words.some((one) => one.startsWith(prefix))
}

describe('the search index', () => {
  test('finds the same before, while and after words are carried into it', () => {
    const { commit, writer, find, carryAll } = openWorld()
    commit(...range(90).map((index) => inA(said(idOf(index), index % 3 === 0 ? 'third word' : 'word'))))
    const all = range(90).map(idOf).reverse()
    const thirds = all.filter((id) => Number(id.slice(1)) % 3 === 0)
    const expectAll = (): void => {
      expect(find({ words: ['word'] })).toEqual(all)
      expect(find({ words: ['word'], prefix: 'thi' })).toEqual(thirds)
      expect(find({ words: ['third'], limit: 4 })).toEqual(thirds.slice(0, 4))
    }
    expectAll()
    expect(writer.index(40)).toEqual({ carried: 40, erasing: false })
    expect(writer.uncarried()).toEqual({ fresh: 50, stale: 0 })
    expectAll()
    carryAll()
    expect(writer.uncarried()).toEqual({ fresh: 0, stale: 0 })
    expectAll()
  })

  test('finds a record that changed by its new words alone, also before they are carried over', () => {
    const { commit, find, carryAll } = openWorld()
    commit(inA(said('a', 'old word'), said('b', 'old word')))
    carryAll()
    commit(inA(said('a', 'new word', { expectRev: 1 }), erase('b', 2)))
    const expectNew = (): void => {
      expect(find({ words: ['old'] })).toEqual([])
      expect(find({ words: ['new'] })).toEqual(['a'])
      expect(find({ words: ['word'] })).toEqual(['a'])
    }
    expectNew()
    carryAll()
    expectNew()
  })

  test('agrees with reading every record, for random histories of writing and carrying, over few and many channels', () => {
    const world = openWorld()
    let run = 0
    const agrees = (history: readonly Act[], word: string, prefix: string): void => {
      const base = `chat:run${run++}`
      // So many that they are not looked up one by one.
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

  test('keeps no word of what was deleted', () => {
    const { database, path, commit, carryAll } = openWorld()
    const [head = 0] = commit(
      inA(...range(200).map((index) => said(idOf(index), `common w${index}`)), said('s', 'common zzsecretzz')),
    )
    carryAll()
    const onDisk = (): string => {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      return readFileSync(path, 'latin1')
    }
    expect(onDisk()).toContain('zzsecretzz')
    commit(inA(erase('s', head)))
    carryAll()
    expect(onDisk()).not.toContain('secretz')
  })

  test('lets go of what a dropped channel held, and gives its numbers to others safely', () => {
    const { writer, database, commit, carryAll, find } = openWorld()
    commit(inA(said('kept', 'word')))
    for (const round of range(3)) {
      const gone = unit(
        range(30).map((index) => said(`${round}.${index}`, 'word gone')),
        { channel: 'chat:b' },
      )
      commit(gone)
      if (round > 0) carryAll()
      if (round > 1) commit(unit([said('2.0', 'word changed', { expectRev: 1 })], { channel: 'chat:b' }))
      writer.drop('chat:b')
      while (writer.sweep.garbage());
    }
    commit(unit([said('new', 'word')], { channel: 'chat:b' }))
    carryAll()
    expect(find({ channels: ['chat:a', 'chat:b'], words: ['word'] })).toEqual(['new', 'kept'])
    for (const table of ['search_text', 'search_shelf', 'shelves', 'records']) {
      expect(database.prepare(`SELECT count(*) FROM ${table}`).get()).toEqual([2])
    }
    const matches = database.prepare('SELECT count(*) FROM search_index WHERE search_index MATCH ?')
    expect(matches.get('gone OR changed')).toEqual([0])
    database.exec("INSERT INTO search_index (search_index) VALUES ('integrity-check')")
  })

  test('is made empty in a file from before there was search, whose records keep what they are', () => {
    const path = join(temporaryFolder(), 'store.db')
    const old = openForWriting(driver, { path, flush: 'OFF', maxPages: 0 })
    onTestFinished(() => old.close())
    migrate(old, migrations.slice(0, -1))
    old.exec(`INSERT INTO channels VALUES (1, 'chat:a', 'e', 1, 0, 0, 5, 'public', NULL, 0, 5);
      INSERT INTO records VALUES (1, 1, 'messages', 'old', 1, 1, 'ana', 5, 5, 0, '{}')`)
    migrate(old)
    const writer = new Writer(old)
    const units = [inA(said('old', 'word', { expectRev: 1 }), said('new', 'word'))]
    expect(unpackOutcomes(writer.commit(packGroup(units)), units)[0]).toMatchObject({ kind: 'committed', head: 3 })
    while (writer.index(10).carried > 0);
    const query = { channels: ['chat:a'], collection: null, words: ['word'], prefix: null, limit: 9, after: null }
    expect(new SearchReads(old).search(query).hits.map(({ record: { id } }) => id)).toEqual(['new', 'old'])
  })
})
