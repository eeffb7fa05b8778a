import { describe, expect, test } from 'vitest'
import type { IndexedCollection, IndexProgress, Reindexing } from '../../ports/indexing/reindexing.ts'
import { compilePolicies } from '../access/policy.ts'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { Reindexer } from './reindexer.ts'

const policies = compilePolicies({
  channels: {
    chat: { collections: { messages: { search: ['text'] }, notes: {} } },
    game: { storage: 'memory', collections: { moves: { search: ['text'] } } },
  },
})

/** A store of three messages, of which each group has one. */
class FakeStore implements Reindexing<null> {
  wanted: readonly IndexedCollection[] = []
  readonly words: string[] = []
  isHeld = false
  failures = 0

  async begin(wanted: readonly IndexedCollection[]): Promise<void> {
    this.wanted = wanted
  }

  async progress(): Promise<IndexProgress | null> {
    if (this.words.length === 3) return null
    return { collections: [{ namespace: 'chat', collection: 'messages' }], done: this.words.length, total: 3 }
  }

  async next() {
    if (this.failures-- > 0) throw new Error('away')
    if (this.isHeld) return null
    return { records: [{ channel: 'chat:a', collection: 'messages', data: '{"text":"Łódź"}' }], span: null }
  }

  async put(_node: string, _group: unknown, words: readonly string[]): Promise<void> {
    this.words.push(...words)
  }
}

function world(store: FakeStore) {
  const clock = new HandClock()
  const [lines, reports]: [string[], string[]] = [[], []]
  const reindexer = new Reindexer({
    ...{ clock, store, policies, node: 'n1' },
    report: (error, doing) => reports.push(`${doing}: ${String(error)}`),
    logLine: (line) => lines.push(line),
  })
  const settle = async (isDone: () => boolean): Promise<void> => {
    for (let turn = 0; turn < 1000 && !isDone(); turn++) {
      await clock.pass(500)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(isDone()).toBe(true)
  }
  return { reindexer, lines, reports, settle }
}

describe('indexing anew', () => {
  test('[SEA14] names the rules of durable collections, and makes the words of each record by them', async () => {
    const store = new FakeStore()
    const { reindexer, lines, settle } = world(store)
    await reindexer.begin()
    expect(store.wanted.map(({ namespace, collection, rules }) => [namespace, collection, rules === ''])).toEqual([
      ['chat', 'messages', false],
      ['chat', 'notes', true],
    ])
    await settle(() => reindexer.progress === null)
    expect(store.words).toEqual(['lodz', 'lodz', 'lodz'])
    expect(lines[0]).toContain('chat.messages is being indexed anew (0 of about 3 records)')
    expect(lines.at(-1)).toBe('search: the index follows the configuration')
  })

  test('[SEA14] searches of what is behind are not complete, those of others are', async () => {
    const store = new FakeStore()
    store.isHeld = true
    const { reindexer, settle } = world(store)
    await reindexer.begin()
    const behind = (...names: [string | null, string | null]) => reindexer.isBehind(...names)
    expect([behind('chat', 'messages'), behind('chat', null), behind(null, null), behind(null, 'messages')]).toEqual([
      ...[true, true, true, true],
    ])
    expect([behind('chat', 'notes'), behind('team', null), behind(null, 'notes')]).toEqual([false, false, false])
    // Another node is at it: this one waits, and goes on where that one ended.
    store.isHeld = false
    await settle(() => reindexer.progress === null)
    expect(behind('chat', 'messages')).toBe(false)
  })

  test('[SEA14] goes on after a failure of the store, and ends within a stop', async () => {
    const store = new FakeStore()
    store.failures = 2
    const { reindexer, reports, settle } = world(store)
    await reindexer.begin()
    await settle(() => reindexer.progress === null)
    expect(reports).toHaveLength(2)
    const held = new FakeStore()
    held.isHeld = true
    const other = world(held)
    await other.reindexer.begin()
    await other.reindexer.stop()
    expect(held.words).toEqual([])
  })
})
