import { describe, expect, test } from 'vitest'
import type { Frame } from '../../ports/frame.ts'
import { presenceContract } from '../../ports/presence.contract.ts'
import { SharedPresence } from '../../ports/presence.fixture.ts'
import { encodeJson } from '../../wire/json-text.ts'
import { Flusher } from '../log/flush.ts'
import type { Hub } from '../log/hub.ts'
import { Pace } from '../log/pace.ts'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { PresenceSync } from './presence-sync.ts'
import { Presences } from './presences.ts'

const room = 'chat:a'
const leaseMs = 20_000

presenceContract('presence shared within a process', async () => {
  const clock = new HandClock()
  const store = new SharedPresence(clock, leaseMs)
  return {
    near: store.node('near'),
    far: store.node('far'),
    elapse: async () => clock.spend(leaseMs + 1),
    close: async () => {},
  }
})

interface PresenceMessage {
  readonly join?: readonly { readonly user: string }[]
  readonly leave?: readonly string[]
  readonly state?: readonly { readonly user: string; readonly state: unknown }[]
  readonly all?: readonly { readonly user: string; readonly state?: unknown }[]
}

/** Nodes on one store, each with a reader who is sent what moves. */
function cluster() {
  const clock = new HandClock()
  const store = new SharedPresence(clock, leaseMs)
  const pulses: (() => void)[] = []
  const node = async (name: string) => {
    const sent: string[] = []
    const sendTransient = (frame: Frame) => sent.push(...inShort(JSON.parse(frame.json) as PresenceMessage))
    const link = new PresenceSync({ clock, store: store.node(name), beatMs: leaseMs / 4, report: () => {} })
    const hubs = { get: () => ({ sendTransient }) as unknown as Hub }
    const own = new Presences({
      clock,
      flusher: new Flusher(clock, new Pace(clock, 50)),
      hubs,
      link,
      partBytes: 100_000,
      pageBytes: 300_000,
    })
    const sweep = () => {
      own.sweep()
      link.beat()
    }
    pulses.push(sweep)
    await own.ready(room)
    return { presences: own, link, sweep, sent, who: () => own.list(room, '', 100).users.map(({ user }) => user) }
  }
  /** As the node's pulse does it. */
  const seconds = async (count: number, of: readonly (() => void)[] = pulses) => {
    for (let second = 0; second < count; second++) {
      for (const ticker of of) ticker()
      await clock.pass(1000)
    }
  }
  return { clock, store, node, seconds }
}

function inShort({ join = [], leave = [], state = [], all }: PresenceMessage): string[] {
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
    for (const { sent } of [a, b, c]) expect(sent).toEqual(['+ana', '-ana'])
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
    a.presences.setState(room, 'ana', 'c1', encodeJson('one'))
    await clock.pass(100)
    b.presences.setState(room, 'ana', 'c2', encodeJson('two'))
    await clock.pass(100)
    for (const { sent, presences } of [a, b]) {
      expect(sent.at(-1)).toBe('ana=two')
      expect(presences.list(room, '', 10).users).toMatchObject([{ state: '"two"' }])
    }
  })

  test("[N11] a state ends on all nodes with the connection that set it; then another node's state is shown, or none", async () => {
    const { clock, node } = cluster()
    const [a, b, c] = [await node('a'), await node('b'), await node('c')]
    a.presences.hold(room, 'ana', 'c1', null)
    b.presences.hold(room, 'ana', 'c2', null)
    await clock.pass(100)
    a.presences.setState(room, 'ana', 'c1', encodeJson('one'))
    await clock.pass(100)
    b.presences.setState(room, 'ana', 'c2', encodeJson('two'))
    await clock.pass(100)
    const states = () => [a, b, c].map(({ presences }) => presences.list(room, '', 10).users[0]?.state)
    expect(states()).toEqual(['"two"', '"two"', '"two"'])
    b.presences.leave(room, 'ana', 'c2')
    await clock.pass(100)
    expect(states()).toEqual(['"one"', '"one"', '"one"'])
    a.presences.hold(room, 'ana', 'c3', null)
    a.presences.leave(room, 'ana', 'c1')
    await clock.pass(100)
    expect(states()).toEqual([null, null, null])
    for (const { sent } of [a, b, c]) expect(sent).toEqual(['+ana', 'ana=one', 'ana=two', 'ana=one', 'ana=null'])
  })

  test('a new reader of a node knows who is on the other nodes', async () => {
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
    expect([a.who(), a.sent]).toEqual([['bob'], ['+bob', '+ana', '-ana']])
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
    expect(a.sent).toEqual(['+ana', '-ana'])
  })

  test('while the store is away each node shows what it knows; what moved meanwhile is sent afterwards', async () => {
    const { clock, store, node, seconds } = cluster()
    const [a, b] = [await node('a'), await node('b')]
    await seconds(2)
    a.presences.hold(room, 'ana', 'c1', null)
    await clock.pass(100)
    store.away()
    b.presences.hold(room, 'bob', 'c2', null)
    a.presences.hold(room, 'cid', 'c3', null)
    a.presences.leave(room, 'ana', 'c1')
    a.presences.setState(room, 'cid', 'c3', encodeJson('new'))
    await seconds(3)
    expect([a.who(), b.who()]).toEqual([['cid'], ['ana', 'bob']])
    store.back()
    await seconds(3)
    expect([a.who(), b.who()]).toEqual([
      ['bob', 'cid'],
      ['bob', 'cid'],
    ])
    expect(b.presences.list(room, 'bob', 10).users).toMatchObject([{ state: '"new"' }])
  })

  test('after the store lost everything all users are published again, nobody leaves, and readers are sent the whole list', async () => {
    const { clock, store, node, seconds } = cluster()
    const [a, b] = [await node('a'), await node('b')]
    // Also where the nodes had no time to say that they live.
    a.presences.hold(room, 'ana', 'c1', null)
    b.presences.hold(room, 'bob', 'c2', null)
    b.presences.setState(room, 'bob', 'c2', encodeJson('busy'))
    await clock.pass(100)
    store.away()
    store.forget()
    await seconds(2)
    store.back()
    await seconds(5)
    expect(a.sent.filter((each) => each.startsWith('-'))).toEqual([])
    expect([a.sent.at(-1), b.sent.at(-1)]).toEqual(['all ana bob=busy', 'all ana bob=busy'])
    b.presences.leave(room, 'bob', 'c2')
    await clock.pass(100)
    expect([a.who(), a.sent.at(-1)]).toEqual([['ana'], '-bob'])
  })

  test('a room that nobody follows is forgotten', async () => {
    const clock = new HandClock()
    const store = new SharedPresence(clock, leaseMs).node('a')
    const asked: string[] = []
    const moves: typeof store.moves = (rooms) => {
      asked.push(...rooms.map((each) => each.room))
      return store.moves(rooms)
    }
    const flusher = new Flusher(clock, new Pace(clock, 50))
    const link = new PresenceSync({ clock, store: { ...store, moves }, beatMs: 1000, report: () => {} })
    const presences = new Presences({
      clock,
      flusher,
      hubs: { get: () => null },
      link,
      partBytes: 100_000,
      pageBytes: 300_000,
    })
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
