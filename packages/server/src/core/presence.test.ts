import { describe, expect, test } from 'vitest'
import type { Feed } from './feed.ts'
import { Flusher } from './flush.ts'
import type { GateOutlet } from './gate-outlet.fixture.ts'
import { HandClock } from './hand-clock.fixture.ts'
import type { Hub } from './hub.ts'
import { listener } from './listener.fixture.ts'
import { Presences } from './presence.ts'

const room = 'chat:a'

/** Presences told to readers of one channel. */
function world() {
  const clock = new HandClock()
  const feeds: Feed[] = []
  const hub: Pick<Hub, 'mention'> = {
    mention: (frame, to, instead) => {
      for (const feed of feeds) if (to(feed)) feed.mention(frame, instead)
    },
  }
  const presences = new Presences({
    clock,
    flusher: new Flusher(clock),
    hubs: { get: () => hub as Hub },
    link: null,
  })
  const reader = (presence = true) => {
    const one = listener({ presence })
    feeds.push(one.feed)
    return one
  }
  /** What a reader was told, in short. */
  const told = (outlet: GateOutlet) =>
    outlet.messages.flatMap((message) => {
      const {
        join = [],
        leave = [],
        state = [],
      } = message as { join?: { user: string }[]; leave?: string[]; state?: { user: string; state: unknown }[] }
      return [
        ...join.map(({ user }) => `+${user}`),
        ...leave.map((user) => `-${user}`),
        ...state.map((each) => `${each.user}=${JSON.stringify(each.state)}`),
      ]
    })
  return { clock, presences, reader, told }
}

describe('presence', () => {
  test('[WSK32] a reader that had no room is told who is here once there is', () => {
    const { clock, presences, reader } = world()
    const { outlet } = reader()
    presences.hold(room, 'ann', 'c1', null)
    clock.turn()
    outlet.shut()
    presences.hold(room, 'ben', 'c2', null)
    clock.turn()
    presences.leave(room, 'ann', 'c1')
    presences.leave(room, 'ben', 'c2')
    clock.turn()
    presences.hold(room, 'cem', 'c3', null)
    clock.turn()
    expect(outlet.waiting).toBe(1)
    outlet.open()
    expect(outlet.messages.slice(1)).toMatchObject([{ op: 'presence', channel: room, all: [{ user: 'cem' }] }])
  })

  test('a stream that ended takes along what it holds, not what another one has taken over or was renewed elsewhere', () => {
    const { clock, presences, reader, told } = world()
    const { outlet } = reader()
    const [first, second] = [{}, {}]
    presences.hold(room, 'ana', 'client 1', 30_000, first)
    presences.hold(room, 'ana', 'client 1', 30_000, second)
    presences.streamEnded(room, 'ana', 'client 1', first)
    clock.turn()
    // A renewal has no stream of its own, and takes it from none.
    presences.hold(room, 'ana', 'client 1', 30_000)
    presences.streamEnded(room, 'ana', 'client 1', first)
    clock.turn()
    expect(told(outlet)).toEqual(['+ana'])
    presences.streamEnded(room, 'ana', 'client 1', second)
    presences.streamEnded(room, 'ana', 'client 1', second)
    clock.turn()
    expect(told(outlet)).toEqual(['+ana', '-ana'])
  })

  test('counts users, not connections: one join, one leave', () => {
    const { clock, presences, reader, told } = world()
    const { outlet } = reader()
    presences.hold(room, 'ana', 'c1', null)
    presences.hold(room, 'ana', 'c2', null)
    clock.turn()
    presences.leave(room, 'ana', 'c1')
    clock.turn()
    expect(told(outlet)).toEqual(['+ana'])
    expect(presences.list(room, '', 10).users).toMatchObject([{ user: 'ana', connections: 1 }])
    presences.leave(room, 'ana', 'c2')
    presences.leave(room, 'ana', 'c2')
    clock.turn()
    expect(told(outlet)).toEqual(['+ana', '-ana'])
    expect(presences.list(room, '', 10)).toEqual({ users: [], next: null })
  })

  test('what cancels out within one flush is not told', () => {
    const { clock, presences, reader, told } = world()
    const { outlet } = reader()
    presences.hold(room, 'ana', 'c1', null)
    presences.leave(room, 'ana', 'c1')
    clock.turn()
    expect(told(outlet)).toEqual([])
    presences.hold(room, 'ana', 'c1', null)
    clock.turn()
    presences.leave(room, 'ana', 'c1')
    presences.hold(room, 'ana', 'c2', null)
    clock.turn()
    expect(told(outlet)).toEqual(['+ana'])
  })

  test('a storm of joins and leaves costs one message a flush', () => {
    const { clock, presences, reader } = world()
    const { outlet } = reader()
    for (let i = 0; i < 500; i++) presences.hold(room, `u${i}`, 'c', null)
    clock.turn()
    for (let i = 0; i < 500; i++) presences.leave(room, `u${i}`, 'c')
    clock.turn()
    expect(outlet.frames).toHaveLength(2)
  })

  test('goes to those alone who asked', () => {
    const { clock, presences, reader } = world()
    const { outlet } = reader(false)
    presences.hold(room, 'ana', 'c1', null)
    clock.turn()
    expect(outlet.frames).toEqual([])
  })

  test('a snapshot and what is told after it neither overlap nor leave anybody out', () => {
    const { clock, presences, reader, told } = world()
    presences.hold(room, 'ana', 'c1', null)
    const { feed, outlet } = reader()
    const snapshot = JSON.parse(presences.snapshot(room, feed)) as { user: string }[]
    presences.hold(room, 'bob', 'c2', null)
    presences.leave(room, 'ana', 'c1')
    clock.turn()
    expect(snapshot.map(({ user }) => user)).toEqual(['ana'])
    expect(told(outlet)).toEqual(['+bob', '-ana'])
  })

  test('a state is told with the join, or after it by itself, the last one only', () => {
    const { clock, presences, reader, told } = world()
    const { outlet } = reader()
    presences.hold(room, 'ana', 'c1', null)
    presences.setState(room, 'ana', '"away"')
    clock.turn()
    expect(outlet.messages[0]?.join).toMatchObject([{ user: 'ana', state: 'away' }])
    presences.setState(room, 'ana', '"here"')
    presences.setState(room, 'ana', '{"typing":true}')
    clock.turn()
    expect(told(outlet)).toEqual(['+ana', 'ana={"typing":true}'])
  })

  test('who is not present has no state', () => {
    const { presences } = world()
    expect(presences.setState(room, 'ana', '1')).toBe(false)
  })

  test('a lease ends when it is not renewed; a connection has none', () => {
    const { clock, presences, reader, told } = world()
    const { outlet } = reader()
    presences.hold(room, 'ana', 'client 1', 30_000)
    presences.hold(room, 'bob', 'c2', null)
    clock.turn()
    clock.spend(29_999)
    presences.sweep()
    presences.hold(room, 'ana', 'client 1', 30_000)
    clock.spend(29_999)
    presences.sweep()
    clock.turn()
    expect(told(outlet)).toEqual(['+ana', '+bob'])
    clock.spend(1)
    presences.sweep()
    clock.turn()
    expect(told(outlet)).toEqual(['+ana', '+bob', '-ana'])
  })

  test('the list is in order of names, in pages that tell where to go on', () => {
    const { presences } = world()
    for (const user of ['cid', 'ana', 'bob', 'Zoe']) presences.hold(room, user, 'c', null)
    const names = (after: string) => presences.list(room, after, 2).users.map(({ user }) => user)
    expect([names(''), names('ana'), names('cid')]).toEqual([['Zoe', 'ana'], ['bob', 'cid'], []])
    expect([presences.list(room, '', 2).next, presences.list(room, 'ana', 2).next]).toEqual(['ana', null])
  })
})
