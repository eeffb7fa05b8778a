import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { HandClock } from '../../core/simulation/hand-clock.fixture.ts'
import { leastBytes } from './line-window.ts'
import { PingGauge } from './ping-gauge.ts'

/** A peer that answers pings when the test says so. */
class FakePeer extends EventEmitter {
  readonly OPEN = 1
  readonly readyState = 1
  pings = 0
  ping(): void {
    this.pings += 1
  }
  answer(text = 'mark'): void {
    this.emit('pong', Buffer.from(text))
  }
}

function world() {
  const clock = new HandClock()
  const peer = new FakePeer()
  const resumed: number[] = []
  const gauge = new PingGauge({
    clock,
    peer,
    resume: () => resumed.push(clock.monotonic()),
  })
  return { clock, peer, gauge, resumed }
}

/** A peer with a round trip of 20 ms, of which nothing else is known. */
function begun() {
  const each = world()
  each.clock.spend(20)
  each.peer.answer()
  return each
}

test('a peer that answers in time is never full, and is asked the less the more it takes', () => {
  const { clock, peer, gauge } = begun()
  for (let megabyte = 0; megabyte < 64; megabyte++) {
    gauge.sent(16_384)
    clock.spend(20)
    if (peer.pings > 1) peer.answer()
    expect(gauge.isFull()).toBe(false)
  }
  expect(peer.pings).toBeGreaterThan(5)
  expect(peer.pings).toBeLessThan(15)
})

test('[PRM10] a peer whose answer is late is full until the answer comes, and then holds what its line takes', () => {
  const { clock, peer, gauge, resumed } = begun()
  gauge.sent(100_000)
  expect([peer.pings, gauge.isFull()]).toEqual([2, false])
  clock.spend(321)
  expect(gauge.isFull()).toBe(true)
  clock.spend(679)
  peer.answer()
  expect([resumed.length, gauge.isFull()]).toEqual([2, false])
  // 100 bytes a ms, of which 320 ms may be on the way.
  gauge.sent(31_999)
  expect(gauge.isFull()).toBe(false)
  gauge.sent(1)
  expect(gauge.isFull()).toBe(true)
  clock.spend(320)
  peer.answer()
  expect(gauge.isFull()).toBe(false)
})

test('[LIM12] a peer that never answers is stuck since the ping, and one with little on the way is not', () => {
  const { clock, gauge } = begun()
  gauge.sent(leastBytes)
  clock.spend(5000)
  expect(gauge.stuckMs(clock.monotonic())).toBe(0)
  gauge.sent(1)
  expect(gauge.stuckMs(clock.monotonic())).toBe(5000)
})

test("another ping's answer says nothing", () => {
  const { clock, peer, gauge, resumed } = begun()
  gauge.sent(100_000)
  clock.spend(1000)
  peer.answer('')
  expect([gauge.isFull(), resumed.length]).toEqual([true, 1])
})
