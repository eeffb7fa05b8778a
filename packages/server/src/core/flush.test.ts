import { describe, expect, test } from 'vitest'
import { Flusher } from './flush.ts'
import { HandClock } from './hand-clock.fixture.ts'

/** Something to flush that takes so long. */
function slow(clock: HandClock, ms: number): { flush: () => void; at: number[] } {
  const at: number[] = []
  return {
    at,
    flush: () => {
      at.push(clock.monotonic())
      clock.spend(ms)
    },
  }
}

describe('the flush', () => {
  test('starts when the turn ends, and takes all that was marked until then, once each', () => {
    const clock = new HandClock()
    const flusher = new Flusher(clock)
    const hubs = [slow(clock, 0), slow(clock, 0)]
    for (const hub of [...hubs, ...hubs]) flusher.mark(hub)
    expect(hubs.map(({ at }) => at.length)).toEqual([0, 0])
    clock.turn()
    expect(hubs.map(({ at }) => at.length)).toEqual([1, 1])
    expect(clock.pending).toBe(0)
  })

  test.each([
    { took: 1.5, rest: 15, why: 'ten times what it took' },
    { took: 5, rest: 16, why: 'so that no change waits over 26 ms' },
    { took: 5, changes: 4, rest: 11, why: 'no change over 21 ms where many share a flush' },
    { took: 9, rest: 9, why: 'what it took: the loop is busy' },
    { took: 40, rest: 40, why: 'what it took: half of the loop is left' },
  ])('of $took ms with $changes changes rests for $rest ms: $why', async ({ took, changes = 1, rest }) => {
    const clock = new HandClock()
    const flusher = new Flusher(clock)
    const hub = slow(clock, took)
    for (let change = 0; change < changes; change++) flusher.mark(hub)
    clock.turn()
    const endedAt = clock.monotonic()
    flusher.mark(hub)
    flusher.mark(hub)
    await clock.pass(rest - 1)
    expect(hub.at).toHaveLength(1)
    await clock.pass(1)
    expect(hub.at).toHaveLength(2)
    expect(hub.at[1]).toBe(endedAt + rest)
  })

  test('owes nothing for rest that has passed anyway', async () => {
    const clock = new HandClock()
    const flusher = new Flusher(clock)
    const hub = slow(clock, 10)
    flusher.mark(hub)
    clock.turn()
    clock.spend(9.5)
    flusher.mark(hub)
    clock.turn()
    expect(hub.at).toHaveLength(2)
  })

  test('what is marked during a flush goes with the next', () => {
    const clock = new HandClock()
    const flusher = new Flusher(clock)
    const late = slow(clock, 0)
    flusher.mark({ flush: () => flusher.mark(late) })
    clock.turn()
    expect(late.at).toHaveLength(0)
    clock.turn()
    expect(late.at).toHaveLength(1)
  })

  test('a wall clock that jumps changes nothing', () => {
    const clock = new HandClock()
    const flusher = new Flusher(clock)
    const hub = slow(clock, 0)
    flusher.mark(hub)
    clock.turn()
    clock.jump(-3_600_000)
    flusher.mark(hub)
    clock.turn()
    expect(hub.at).toHaveLength(2)
  })
})
