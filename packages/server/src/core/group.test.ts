import { describe, expect, test } from 'vitest'
import type { Store, Unit, UnitOutcome } from '../ports/store.ts'
import { CommitGroup } from './group.ts'
import { HandClock } from './hand-clock.fixture.ts'

function unitOf(name: string): Unit {
  return { channel: name, at: 0, writes: [], make: true, membersRev: null }
}

function committed(head: number): UnitOutcome {
  return { kind: 'committed', epoch: 'e', head, results: [] }
}

/** A group on a store whose commits end when the test says. */
function world(maxUnits = 100) {
  const clock = new HandClock()
  const commits: {
    names: string[]
    resolve: (outcomes: readonly UnitOutcome[]) => void
    reject: (error: Error) => void
  }[] = []
  const store: Pick<Store, 'commit'> = {
    commit: (units) =>
      new Promise((resolve, reject) => commits.push({ names: units.map(({ channel }) => channel), resolve, reject })),
  }
  const told: string[] = []
  const group = new CommitGroup({
    store: store as Store,
    clock,
    maxUnits,
    onCommitted: (unit) => told.push(`hub ${unit.channel}`),
  })
  const add = (name: string) => {
    const outcome = group.add(unitOf(name))
    outcome.then(
      ({ kind }) => told.push(`${name} ${kind}`),
      (error: Error) => told.push(`${name}: ${error.message}`),
    )
    return outcome
  }
  return { clock, commits, told, group, add }
}

describe('the commit group', () => {
  test('writes of one turn, and those that come during a commit, share a transaction', async () => {
    const { clock, commits, add } = world()
    add('a')
    add('b')
    await clock.settle()
    add('c')
    add('d')
    await clock.settle()
    expect(commits.map(({ names }) => names)).toEqual([['a', 'b']])
    commits[0]?.resolve([committed(1), committed(2)])
    await clock.settle()
    expect(commits.map(({ names }) => names)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
  })

  test('the hub hears of all of a group in commit order, before any writer does', async () => {
    const { clock, commits, told, add } = world()
    for (const name of ['a', 'b', 'c']) add(name)
    await clock.settle()
    commits[0]?.resolve([committed(1), { kind: 'refused', reason: 'conflict', write: 0 }, committed(2)])
    await clock.settle()
    expect(told).toEqual(['hub a', 'hub c', 'a committed', 'b refused', 'c committed'])
  })

  test('a commit that fails rejects all of its group, and the next group goes on', async () => {
    const { clock, commits, told, add } = world()
    add('a')
    add('b')
    await clock.settle()
    add('c')
    commits[0]?.reject(new Error('no disk'))
    await clock.settle()
    commits[1]?.resolve([committed(1)])
    await clock.settle()
    expect(told).toEqual(['a: no disk', 'b: no disk', 'hub c', 'c committed'])
  })

  test('a unit that the store failed on is its writer’s alone', async () => {
    const { clock, commits, told, add } = world()
    add('a')
    add('b')
    await clock.settle()
    commits[0]?.resolve([{ kind: 'failed', cause: new Error('bad row') }, committed(1)])
    await clock.settle()
    expect(told).toEqual(['hub b', 'a: bad row', 'b committed'])
  })

  test('a store that gives too few outcomes leaves nobody waiting', async () => {
    const { clock, commits, told, add } = world()
    add('a')
    add('b')
    await clock.settle()
    commits[0]?.resolve([committed(1)])
    await clock.settle()
    expect(told).toEqual(['hub a', 'a committed', 'b: the store gave no outcome for a unit'])
  })

  test('a transaction has so many units and no more; the rest keep their order', async () => {
    const { clock, commits, add } = world(2)
    for (const name of ['a', 'b', 'c', 'd', 'e']) add(name)
    for (let i = 0; i < 3; i++) {
      await clock.pass(10)
      commits[i]?.resolve([committed(1), committed(2)])
    }
    await clock.settle()
    expect(commits.map(({ names }) => names)).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  })

  test('rests after a slow commit, at most 5 ms, so that more writes share the next', async () => {
    const { clock, commits, add } = world()
    add('a')
    await clock.settle()
    clock.spend(800)
    commits[0]?.resolve([committed(1)])
    await clock.settle()
    add('b')
    await clock.pass(4)
    add('c')
    expect(commits).toHaveLength(1)
    await clock.pass(1)
    expect(commits[1]?.names).toEqual(['b', 'c'])
  })

  test.each([
    { units: 1, restMs: 0.4, why: 'a lone writer goes on at once' },
    { units: 2, restMs: 4, why: 'a few writers are more soon' },
    { units: 16, restMs: 0.4, why: 'a large group is large enough' },
  ])('rests $restMs ms after a commit of $units that took 0.4: $why', async ({ units, restMs }) => {
    const { clock, commits, add } = world()
    for (let i = 0; i < units; i++) add(`a${i}`)
    await clock.settle()
    clock.spend(0.4)
    commits[0]?.resolve(Array.from({ length: units }, (_, i) => committed(i + 1)))
    await clock.settle()
    add('b')
    await clock.settle()
    expect(commits).toHaveLength(restMs < 1 ? 2 : 1)
    await clock.pass(restMs)
    expect(commits).toHaveLength(2)
  })

  test('is drained when nothing waits and nothing is under way', async () => {
    const { clock, commits, group, add } = world()
    await group.drained()
    let isDrained = false
    add('a')
    void group.drained().then(() => {
      isDrained = true
    })
    await clock.settle()
    add('b')
    commits[0]?.resolve([committed(1)])
    await clock.pass(10)
    expect([isDrained, group.size]).toEqual([false, 0])
    commits[1]?.resolve([committed(2)])
    await clock.settle()
    expect([isDrained, clock.pending]).toEqual([true, 0])
  })
})
