import { describe, expect, test } from 'vitest'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { Flusher } from './flush.ts'

/** Something to flush that takes so long. */
function slow(clock: HandClock, ms: number): { flush: () => boolean; at: number[] } {
  const at: number[] = []
  return {
    at,
    flush: () => {
      at.push(clock.monotonic())
      clock.spend(ms)
      return true
    },
  }
}

const restless = { restAfterFlush: () => 0 }

describe('the flush', () => {
  test('starts when the turn ends, and takes all that was marked until then, once each', () => {
    const clock = new HandClock()
    const flusher = new Flusher(clock, restless)
    const hubs = [slow(clock, 0), slow(clock, 0)]
    for (const hub of [...hubs, ...hubs]) flusher.mark(hub)
    expect(hubs.map(({ at }) => at.length)).toEqual([0, 0])
    clock.turn()
    expect(hubs.map(({ at }) => at.length)).toEqual([1, 1])
    expect(clock.pending).toBe(0)
  })

  test('waits for the rest that the pace asks for, and not where it has passed already', async () => {
    const clock = new HandClock()
    const rests = [10, 10, 0]
    const flusher = new Flusher(clock, { restAfterFlush: () => rests.shift() ?? 0 })
    const hub = slow(clock, 2)
    flusher.mark(hub)
    clock.turn()
    const endedAt = clock.monotonic()
    flusher.mark(hub)
    flusher.mark(hub)
    await clock.pass(9)
    expect(hub.at).toHaveLength(1)
    await clock.pass(1)
    expect(hub.at[1]).toBe(endedAt + 10)
    clock.spend(10)
    flusher.mark(hub)
    clock.turn()
    expect(hub.at).toHaveLength(3)
    flusher.mark(hub)
    clock.turn()
    expect(hub.at).toHaveLength(4)
  })

  test('reports to the pace what a flush took, how many changes it sent, and of how many channels', () => {
    const clock = new HandClock()
    const reported: number[][] = []
    const flusher = new Flusher(clock, {
      restAfterFlush: (...flush) => {
        reported.push(flush)
        return 0
      },
    })
    const hubs = [slow(clock, 2), slow(clock, 3)]
    for (const hub of [...hubs, ...hubs, ...hubs]) flusher.mark(hub)
    clock.turn()
    expect(reported).toEqual([[5, 6, 2]])
  })

  test('what is marked during a flush goes with the next', () => {
    const clock = new HandClock()
    const flusher = new Flusher(clock, restless)
    const late = slow(clock, 0)
    flusher.mark({
      flush: () => {
        flusher.mark(late)
        return false
      },
    })
    clock.turn()
    expect(late.at).toHaveLength(0)
    clock.turn()
    expect(late.at).toHaveLength(1)
  })

  test('a wall clock that jumps changes nothing', () => {
    const clock = new HandClock()
    const flusher = new Flusher(clock, restless)
    const hub = slow(clock, 0)
    flusher.mark(hub)
    clock.turn()
    clock.jump(-3_600_000)
    flusher.mark(hub)
    clock.turn()
    expect(hub.at).toHaveLength(2)
  })
})
