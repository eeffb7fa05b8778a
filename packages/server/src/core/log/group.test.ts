import { describe, expect, test } from 'vitest'
import type { Store, Unit, UnitOutcome } from '../../ports/store.ts'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { CommitGroup } from './group.ts'
import { Pace } from './pace.ts'

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
  const outcomes: string[] = []
  const group = new CommitGroup({
    store: store as Store,
    clock,
    pace: new Pace(clock, 50),
    maxUnits,
    tracing: null,
    onCommitted: (unit) => outcomes.push(`hub ${unit.channel}`),
  })
  const add = (name: string) => {
    const outcome = group.add(unitOf(name))
    outcome.then(
      ({ kind }) => outcomes.push(`${name} ${kind}`),
      (error: Error) => outcomes.push(`${name}: ${error.message}`),
    )
    return outcome
  }
  return { clock, commits, outcomes, group, add }
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

  test('the hub gets all units of a group in commit order, before any writer gets its outcome', async () => {
    const { clock, commits, outcomes, add } = world()
    for (const name of ['a', 'b', 'c']) add(name)
    await clock.settle()
    commits[0]?.resolve([committed(1), { kind: 'refused', reason: 'conflict', write: 0 }, committed(2)])
    await clock.settle()
    expect(outcomes).toEqual(['hub a', 'hub c', 'a committed', 'b refused', 'c committed'])
  })

  test('a commit that fails rejects all of its group, and the next group goes on', async () => {
    const { clock, commits, outcomes, add } = world()
    add('a')
    add('b')
    await clock.settle()
    add('c')
    commits[0]?.reject(new Error('no disk'))
    await clock.settle()
    commits[1]?.resolve([committed(1)])
    await clock.settle()
    expect(outcomes).toEqual(['a: no disk', 'b: no disk', 'hub c', 'c committed'])
  })

  test('a unit that the store failed on rejects its own writer alone', async () => {
    const { clock, commits, outcomes, add } = world()
    add('a')
    add('b')
    await clock.settle()
    commits[0]?.resolve([{ kind: 'failed', cause: new Error('bad row') }, committed(1)])
    await clock.settle()
    expect(outcomes).toEqual(['hub b', 'a: bad row', 'b committed'])
  })

  test('a store that gives too few outcomes leaves nobody waiting', async () => {
    const { clock, commits, outcomes, add } = world()
    add('a')
    add('b')
    await clock.settle()
    commits[0]?.resolve([committed(1)])
    await clock.settle()
    expect(outcomes).toEqual(['hub a', 'a committed', 'b: the store gave no outcome for a unit'])
  })

  test('a transaction has at most `maxUnits` units; the rest keep their order', async () => {
    const { clock, commits, add } = world(2)
    for (const name of ['a', 'b', 'c', 'd', 'e']) add(name)
    for (let i = 0; i < 3; i++) {
      await clock.pass(10)
      commits[i]?.resolve([committed(1), committed(2)])
    }
    await clock.settle()
    expect(commits.map(({ names }) => names)).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  })

  test('a commit starts at once on an idle loop, and rests on a busy one, so that more writes share the next', async () => {
    const { clock, commits, add } = world()
    const commitOne = async (name: string, tookMs: number): Promise<void> => {
      const made = commits.length
      add(name)
      await clock.settle()
      expect(commits).toHaveLength(made + 1)
      clock.spend(tookMs)
      commits[made]?.resolve([committed(1)])
      await clock.settle()
    }
    await commitOne('idle', 1)
    await commitOne('at once', 200)
    add('b')
    await clock.pass(4)
    add('c')
    expect(commits).toHaveLength(2)
    await clock.pass(1)
    expect(commits[2]?.names).toEqual(['b', 'c'])
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
