import { describe, expect, test } from 'vitest'
import type { Frame } from '../ports/frame.ts'
import { presenceContract } from '../ports/presence.contract.ts'
import { SharedPresence } from '../ports/presence.fixture.ts'
import { Flusher } from './flush.ts'
import { HandClock } from './hand-clock.fixture.ts'
import type { Hub } from './hub.ts'
import { Presences } from './presence.ts'
import { PresenceLink } from './presence-link.ts'

const room = 'chat:a'
const leaseMs = 20_000

presenceContract('presence shared within a process', async () => {
  const clock = new HandClock()
  const place = new SharedPresence(clock, leaseMs)
  return {
    near: place.node('near'),
    far: place.node('far'),
    elapse: async () => clock.spend(leaseMs + 1),
    close: async () => {},
  }
})

interface Told {
  readonly join?: readonly { readonly user: string }[]
  readonly leave?: readonly string[]
  readonly state?: readonly { readonly user: string; readonly state: unknown }[]
  readonly all?: readonly { readonly user: string; readonly state?: unknown }[]
}

/** Nodes on one place, each with a reader who is told what moves. */
function cluster() {
  const clock = new HandClock()
  const place = new SharedPresence(clock, leaseMs)
  const pulses: (() => void)[] = []
  const node = async (name: string) => {
    const told: string[] = []
    const mention = (frame: Frame) => told.push(...inShort(JSON.parse(frame.json) as Told))
    const link = new PresenceLink({ clock, place: place.node(name), beatMs: leaseMs / 4, report: () => {} })
    const hubs = { get: () => ({ mention }) as unknown as Hub }
    const own = new Presences({ clock, flusher: new Flusher(clock), hubs, link })
    const sweep = () => {
      own.sweep()
      link.beat()
    }
    pulses.push(sweep)
    await own.ready(room)
    return { presences: own, link, sweep, told, who: () => own.list(room, '', 100).users.map(({ user }) => user) }
  }
  /** As the node's pulse does it. */
  const seconds = async (count: number, of: readonly (() => void)[] = pulses) => {
    for (let second = 0; second < count; second++) {
      for (const pulse of of) pulse()
      await clock.pass(1000)
    }
  }
  return { clock, place, node, seconds }
}

function inShort({ join = [], leave = [], state = [], all }: Told): string[] {
  const everyone = all?.map((each) => (each.state === undefined ? each.user : `${each.user}=${each.state}`)).sort()
  return [
    ...join.map(({ user }) => `+${user}`),
    ...leave.map((user) => `-${user}`),
    ...state.map((each) => `${each.user}=${String(each.state)}`),
    ...(everyone === undefined ? [] : [`all ${everyone.join(' ')}`]),
  ]
}

describe('presence over several nodes', () => {
  test('a user on two nodes joins once and leaves once, on all of them', async () => {
    const { clock, node } = cluster()
    const [a, b, c] = [await node('a'), await node('b'), await node('c')]
    a.presences.hold(room, 'ana', 'c1', null)
    await clock.pass(100)
    b.presences.hold(room, 'ana', 'c2', null)
    await clock.pass(100)
    a.presences.leave(room, 'ana', 'c1')
    await clock.pass(100)
    expect([a.who(), b.who(), c.who()]).toEqual([['ana'], ['ana'], ['ana']])
    b.presences.leave(room, 'ana', 'c2')
    await clock.pass(100)
    for (const { told } of [a, b, c]) expect(told).toEqual(['+ana', '-ana'])
  })

  test('connections are counted over all nodes', async () => {
    const { clock, node } = cluster()
    const [a, b] = [await node('a'), await node('b')]
    for (const holder of ['c1', 'c2']) a.presences.hold(room, 'ana', holder, null)
    b.presences.hold(room, 'ana', 'c3', null)
    await clock.pass(100)
    for (const { presences } of [a, b]) expect(presences.list(room, '', 10).users).toMatchObject([{ connections: 3 }])
  })

  test('a state that was set on one node is shown on all, the last one wherever it was set', async () => {
    const { clock, node } = cluster()
    const [a, b] = [await node('a'), await node('b')]
    a.presences.hold(room, 'ana', 'c1', null)
    b.presences.hold(room, 'ana', 'c2', null)
    a.presences.setState(room, 'ana', '"one"')
    await clock.pass(100)
    b.presences.setState(room, 'ana', '"two"')
    await clock.pass(100)
    for (const { told, presences } of [a, b]) {
      expect(told.at(-1)).toBe('ana=two')
      expect(presences.list(room, '', 10).users).toMatchObject([{ state: '"two"' }])
    }
  })

  test('who comes to a node knows who is on the others', async () => {
    const { clock, node } = cluster()
    const a = await node('a')
    a.presences.hold(room, 'ana', 'c1', null)
    await clock.pass(100)
    const b = await node('b')
    expect(b.who()).toEqual(['ana'])
  })

  test('the users of a node that died leave within 30 s', async () => {
    const { clock, node, seconds } = cluster()
    const [a, b] = [await node('a'), await node('b')]
    await seconds(2)
    b.presences.hold(room, 'ana', 'c1', null)
    a.presences.hold(room, 'bob', 'c1', null)
    await clock.pass(100)
    await seconds(60)
    expect(a.who()).toEqual(['ana', 'bob'])
    await seconds(30, [a.sweep])
    expect([a.who(), a.told]).toEqual([['bob'], ['+bob', '+ana', '-ana']])
    // It had only stopped: its users are there again.
    await seconds(8)
    expect([a.who(), b.who()]).toEqual([
      ['ana', 'bob'],
      ['ana', 'bob'],
    ])
  })

  test('the users of a node that leaves are gone at once', async () => {
    const { clock, node } = cluster()
    const [a, b] = [await node('a'), await node('b')]
    b.presences.hold(room, 'ana', 'c1', null)
    await clock.pass(100)
    await b.link.close()
    await clock.pass(100)
    expect(a.told).toEqual(['+ana', '-ana'])
  })

  test('while the place is away each node shows what it knows; what moved meanwhile is told afterwards', async () => {
    const { clock, place, node, seconds } = cluster()
    const [a, b] = [await node('a'), await node('b')]
    await seconds(2)
    a.presences.hold(room, 'ana', 'c1', null)
    await clock.pass(100)
    place.away()
    b.presences.hold(room, 'bob', 'c2', null)
    a.presences.hold(room, 'cid', 'c3', null)
    a.presences.leave(room, 'ana', 'c1')
    a.presences.setState(room, 'cid', '"new"')
    await seconds(3)
    expect([a.who(), b.who()]).toEqual([['cid'], ['ana', 'bob']])
    place.back()
    await seconds(3)
    expect([a.who(), b.who()]).toEqual([
      ['bob', 'cid'],
      ['bob', 'cid'],
    ])
    expect(b.presences.list(room, 'bob', 10).users).toMatchObject([{ state: '"new"' }])
  })

  test('a place that forgot everything is told again, nobody leaves for it, and readers are sent all', async () => {
    const { clock, place, node, seconds } = cluster()
    const [a, b] = [await node('a'), await node('b')]
    // Also where the nodes had no time to say that they live.
    a.presences.hold(room, 'ana', 'c1', null)
    b.presences.hold(room, 'bob', 'c2', null)
    b.presences.setState(room, 'bob', '"busy"')
    await clock.pass(100)
    place.away()
    place.forget()
    await seconds(2)
    place.back()
    await seconds(5)
    expect(a.told.filter((each) => each.startsWith('-'))).toEqual([])
    expect([a.told.at(-1), b.told.at(-1)]).toEqual(['all ana bob=busy', 'all ana bob=busy'])
    b.presences.leave(room, 'bob', 'c2')
    await clock.pass(100)
    expect([a.who(), a.told.at(-1)]).toEqual([['ana'], '-bob'])
  })

  test('a room that nobody follows is forgotten', async () => {
    const clock = new HandClock()
    const place = new SharedPresence(clock, leaseMs).node('a')
    const asked: string[] = []
    const moves: typeof place.moves = (rooms) => {
      asked.push(...rooms.map((each) => each.room))
      return place.moves(rooms)
    }
    const flusher = new Flusher(clock)
    const link = new PresenceLink({ clock, place: { ...place, moves }, beatMs: 1000, report: () => {} })
    const presences = new Presences({ clock, flusher, hubs: { get: () => null }, link })
    await presences.ready(room)
    for (let second = 0; second < 10; second++) {
      presences.sweep()
      link.beat()
      await clock.pass(1000)
    }
    const before = asked.length
    link.beat()
    await clock.pass(5000)
    expect(asked).toHaveLength(before)
  })
})
