import { expect, test } from 'vitest'
import type { Frame } from '../ports/frame.ts'
import { SharedPresence } from '../ports/presence.fixture.ts'
import { Audience } from './audience.ts'
import { HandClock } from './hand-clock.fixture.ts'
import type { Hub } from './hub.ts'
import { listener } from './listener.fixture.ts'
import { PresenceLink } from './presence-link.ts'

const channel = 'prices:a'

/** Nodes on one place, each with a hub whose readers the test counts, and a feeder who asks for demand. */
function cluster() {
  const clock = new HandClock()
  const place = new SharedPresence(clock, 20_000)
  const pulses: (() => void)[] = []
  const node = async (name: string) => {
    const told: number[] = []
    const hub = {
      channel,
      readers: 0,
      mention: (frame: Frame) => told.push((JSON.parse(frame.json) as { readers: number }).readers),
    }
    const link = new PresenceLink({ clock, place: place.node(name), beatMs: 5000, report: () => {} })
    const audience = new Audience({ clock, hubs: { get: () => hub as unknown as Hub }, link })
    const sweep = () => {
      audience.sweep()
      link.beat()
    }
    pulses.push(sweep)
    await audience.ready(channel)
    const read = (readers: number) => {
      const isTurn = hub.readers > 0 !== readers > 0
      hub.readers = readers
      if (isTurn) audience.changed(hub as unknown as Hub)
    }
    return { audience, told, read, sweep }
  }
  const seconds = async (count: number, of: readonly (() => void)[] = pulses) => {
    for (let second = 0; second < count; second++) {
      for (const pulse of of) pulse()
      await clock.pass(1000)
    }
  }
  return { clock, node, seconds }
}

test('the first reader anywhere makes demand, the last one anywhere ends it', async () => {
  const { clock, node } = cluster()
  const [feeder, a, b] = [await node('feeder'), await node('a'), await node('b')]
  a.read(1)
  await clock.pass(100)
  b.read(1)
  await clock.pass(100)
  a.read(0)
  await clock.pass(100)
  feeder.read(1)
  feeder.read(0)
  expect(feeder.told).toEqual([1])
  b.read(0)
  await clock.pass(100)
  expect(feeder.told).toEqual([1, 0])
})

test('[RST3, WSK33] what is polled is in demand, for 10 s after each poll, and has no reader more', async () => {
  const { clock, node, seconds } = cluster()
  const [feeder, a] = [await node('feeder'), await node('a')]
  a.audience.polled(channel)
  await clock.pass(100)
  expect([feeder.told, a.told, feeder.audience.readers(channel)]).toEqual([[1], [1], 0])
  await seconds(8)
  a.audience.polled(channel)
  a.audience.polled(channel)
  // Who comes and goes meanwhile is no turn.
  a.read(2)
  await seconds(2)
  expect([feeder.audience.readers(channel), a.audience.readers(channel)]).toEqual([2, 2])
  a.read(0)
  await seconds(6)
  expect([feeder.told, a.told]).toEqual([[1], [1]])
  await seconds(4)
  expect([feeder.told, a.told, feeder.audience.readers(channel)]).toEqual([[1, 0], [1, 0], 0])
})

test('[WSK33] a feeder that had no room is told whether anybody reads once there is', async () => {
  const clock = new HandClock()
  const { feed, outlet } = listener({ demand: true, counted: false })
  const hub = {
    channel,
    readers: 0,
    mention: (frame: Frame, _to: unknown, now: () => Frame) => feed.mention(frame, now),
  }
  const audience = new Audience({ clock, hubs: { get: () => hub as unknown as Hub }, link: null })
  const read = (readers: number) => {
    hub.readers = readers
    audience.changed(hub as unknown as Hub)
  }
  read(1)
  outlet.shut()
  read(0)
  read(1)
  read(0)
  expect(outlet.waiting).toBe(1)
  outlet.open()
  expect(outlet.messages).toMatchObject([
    { op: 'demand', channel, readers: 1 },
    { op: 'demand', channel, readers: 0 },
  ])
})

test('readers are counted over all nodes, a second late at most', async () => {
  const { clock, node, seconds } = cluster()
  const [a, b] = [await node('a'), await node('b')]
  a.read(1)
  b.read(1)
  await clock.pass(100)
  a.read(5)
  b.read(3)
  await seconds(2)
  expect([a.audience.readers(channel), b.audience.readers(channel)]).toEqual([8, 8])
})

test('the readers of a node that died are counted away', async () => {
  const { clock, node, seconds } = cluster()
  const [a, b] = [await node('a'), await node('b')]
  await seconds(2)
  b.read(4)
  await clock.pass(100)
  expect(a.audience.readers(channel)).toBe(4)
  await seconds(30, [a.sweep])
  expect([a.audience.readers(channel), a.told]).toEqual([0, [1, 0]])
})
