/** Feeds of records of which only the last state counts, over a line that is full. */
import { describe, expect, test } from 'vitest'
import { HubWorld, type WorldOptions } from '../../simulation/hub-world.fixture.ts'
import { pieceBytes } from './range.ts'

async function worldWith(options: WorldOptions): Promise<HubWorld> {
  const world = new HubWorld(options)
  await world.commit('a')
  await world.open()
  return world
}

const latest = { isLatest: () => true }

describe('a feed over a full line', () => {
  test('[PRM10] of latest records waits, and then gets the last state alone', async () => {
    const world = await worldWith(latest)
    const { feed, outlet } = world.begun(1)
    outlet.lineIsFree = false
    await world.flushed('b')
    await world.flushed('b')
    await world.flushed('c')
    expect([outlet.story, feed.isLive]).toEqual([[], false])
    outlet.lineIsFree = true
    outlet.open()
    expect([outlet.story, feed.isLive]).toEqual([['1-4:3,4'], true])
  })

  test('[PRM10] is sent all frames of a range once it has begun, so that no record is always left over', async () => {
    const world = await worldWith({ ...latest, frameBytes: 520 })
    const { outlet } = world.begun(1)
    outlet.lineIsFree = false
    await world.flushed('b', 'c', 'd')
    await world.flushed('b', 'c', 'd')
    outlet.lineIsFree = true
    outlet.onSend = () => {
      outlet.lineIsFree = false
    }
    outlet.open()
    expect(outlet.story).toEqual(['1-5:5', '5-6:6', '6-7:7'])
  })

  test('[PRM10, B40] is sent a range in small frames where the line is slow, so that its first records arrive before the last', async () => {
    const world = await worldWith(latest)
    const fast = world.begun(1)
    const slow = world.begun(1)
    slow.outlet.lineIsSlow = true
    const ids = Array.from({ length: 100 }, (_, index) => `r${index}`)
    await world.flushed(...ids)
    expect(fast.outlet.frames.length).toBe(1)
    for (const { json } of slow.outlet.frames) expect(json.length).toBeLessThanOrEqual(pieceBytes)
    const ranges = slow.outlet.messages as readonly { from: number; to: number; changes: readonly object[] }[]
    expect(ranges.map(({ from }) => from)).toEqual([1, ...ranges.slice(0, -1).map(({ to }) => to)])
    expect(ranges.flatMap(({ changes }) => changes)).toEqual(fast.outlet.messages[0]?.changes)
  })

  test('[PRM3] of other records is sent every state while its buffer has room', async () => {
    const world = await worldWith({})
    const { outlet } = world.begun(1)
    outlet.lineIsFree = false
    await world.flushed('b')
    await world.flushed('b')
    expect(outlet.story).toEqual(['1-2:2', '2-3:3'])
  })
})
