import { expect, test } from 'vitest'
import type { Frame } from '../../ports/frame.ts'
import { SharedPresence } from '../../ports/presence.fixture.ts'
import type { Hub } from '../log/hub.ts'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { listener } from '../simulation/listener.fixture.ts'
import { PresenceSync } from './presence-sync.ts'
import { ReaderCounts } from './reader-counts.ts'

const channel = 'prices:a'

/** Nodes on one store, each with a hub whose readers the test counts, and a feeder who asks for demand. */
function cluster() {
  const clock = new HandClock()
  const store = new SharedPresence(clock, 20_000)
  const pulses: (() => void)[] = []
  const node = async (name: string) => {
    const sent: number[] = []
    const hub = {
      channel,
      readers: 0,
      sendTransient: (frame: Frame) => sent.push((JSON.parse(frame.json) as { readers: number }).readers),
    }
    const link = new PresenceSync({ clock, store: store.node(name), beatMs: 5000, report: () => {} })
    const readerCounts = new ReaderCounts({ clock, hubs: { get: () => hub as unknown as Hub }, link })
    const sweep = () => {
      readerCounts.sweep()
      link.beat()
    }
    pulses.push(sweep)
    await readerCounts.ready(channel)
    const read = (readers: number) => {
      const isTurn = hub.readers > 0 !== readers > 0
      hub.readers = readers
      if (isTurn) readerCounts.changed(hub as unknown as Hub)
    }
    return { readerCounts, sent, read, sweep }
  }
  const seconds = async (count: number, of: readonly (() => void)[] = pulses) => {
    for (let second = 0; second < count; second++) {
      for (const ticker of of) ticker()
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
  expect(feeder.sent).toEqual([1])
  b.read(0)
  await clock.pass(100)
  expect(feeder.sent).toEqual([1, 0])
})

test('[RST3, WSK33] a polled channel is in demand for 10 s after each poll, and a poll counts as no reader', async () => {
  const { clock, node, seconds } = cluster()
  const [feeder, a] = [await node('feeder'), await node('a')]
  a.readerCounts.polled(channel)
  await clock.pass(100)
  expect([feeder.sent, a.sent, feeder.readerCounts.readers(channel)]).toEqual([[1], [1], 0])
  await seconds(8)
  a.readerCounts.polled(channel)
  a.readerCounts.polled(channel)
  // Who comes and goes meanwhile is no turn.
  a.read(2)
  await seconds(2)
  expect([feeder.readerCounts.readers(channel), a.readerCounts.readers(channel)]).toEqual([2, 2])
  a.read(0)
  await seconds(6)
  expect([feeder.sent, a.sent]).toEqual([[1], [1]])
  await seconds(4)
  expect([feeder.sent, a.sent, feeder.readerCounts.readers(channel)]).toEqual([[1, 0], [1, 0], 0])
})

test('[WSK33] a feeder whose outlet was full is sent once it drains whether anybody reads', async () => {
  const clock = new HandClock()
  const { feed, outlet } = listener({ demand: true, counted: false })
  const hub = {
    channel,
    readers: 0,
    sendTransient: (frame: Frame, _to: unknown, now: () => Frame) => feed.sendTransient(frame, now),
  }
  const readerCounts = new ReaderCounts({ clock, hubs: { get: () => hub as unknown as Hub }, link: null })
  const read = (readers: number) => {
    hub.readers = readers
    readerCounts.changed(hub as unknown as Hub)
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
  expect([a.readerCounts.readers(channel), b.readerCounts.readers(channel)]).toEqual([8, 8])
})

test('the readers of a node that died are no longer counted', async () => {
  const { clock, node, seconds } = cluster()
  const [a, b] = [await node('a'), await node('b')]
  await seconds(2)
  b.read(4)
  await clock.pass(100)
  expect(a.readerCounts.readers(channel)).toBe(4)
  await seconds(30, [a.sweep])
  expect([a.readerCounts.readers(channel), a.sent]).toEqual([0, [1, 0]])
})
