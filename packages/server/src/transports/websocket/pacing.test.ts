import { expect, test } from 'vitest'
import { type Paced, Pacing } from './pacing.ts'

/** A connection whose commands end, and whose peer takes what it is sent, when the test says so. */
function world() {
  const begun: number[] = []
  const reading: string[] = []
  let hasRoom = true
  let waiting: (() => void)[] = []
  const peer: Paced<number> = {
    outlet: { hasRoom: () => hasRoom, whenRoom: (resume) => waiting.push(resume) },
    begin: (command) => begun.push(command),
    pauseReading: () => reading.push('paused'),
    resumeReading: () => reading.push('resumed'),
  }
  const pacing = new Pacing(peer)
  return {
    begun,
    reading,
    pacing,
    fill: () => {
      hasRoom = false
    },
    drain: () => {
      hasRoom = true
      const resumed = waiting
      waiting = []
      for (const resume of resumed) resume()
    },
    take: (from: number, to: number) => {
      for (let command = from; command <= to; command++) pacing.take(command)
    },
    end: (times: number) => {
      for (let ended = 0; ended < times; ended++) pacing.ended()
    },
  }
}
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

test('256 commands are under way at once; the others wait in order, and the peer is not read from', () => {
  const { begun, reading, take, end } = world()
  take(1, 600)
  expect([begun, reading]).toEqual([upTo(256), ['paused']])
  end(100)
  expect([begun, reading]).toEqual([upTo(356), ['paused']])
  end(256)
  expect([begun, reading]).toEqual([upTo(600), ['paused', 'resumed']])
})

test('nothing is begun while the peer takes none of its replies', () => {
  const { begun, reading, take, end, fill, drain } = world()
  take(1, 2)
  fill()
  take(3, 5)
  end(2)
  expect([begun, reading]).toEqual([[1, 2], ['paused']])
  drain()
  expect([begun, reading]).toEqual([upTo(5), ['paused', 'resumed']])
  take(6, 6)
  expect(begun).toEqual(upTo(6))
})

test('what is held is begun in order when it is released, or dropped', () => {
  const { begun, reading, pacing, take } = world()
  pacing.hold()
  take(1, 2)
  expect([begun, reading]).toEqual([[], []])
  pacing.release()
  expect(begun).toEqual([1, 2])
  pacing.hold()
  take(3, 300)
  expect([begun, reading]).toEqual([[1, 2], ['paused']])
  expect(pacing.drop()).toEqual(upTo(300).slice(2))
  expect([begun, reading]).toEqual([
    [1, 2],
    ['paused', 'resumed'],
  ])
})
