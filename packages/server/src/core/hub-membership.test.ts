import { describe, expect, test } from 'vitest'
import { GateOutlet } from './gate-outlet.fixture.ts'
import type { Hub } from './hub.ts'
import { HubWorld } from './hub-world.fixture.ts'
import { endedFrame } from './notices.ts'

function endAll(hub: Hub): void {
  for (const feed of hub.feeds) feed.end(endedFrame(hub.channel, 'forbidden'), 'forbidden')
}

/** Ends every reader as soon as a membership changes, as for one who lost it. */
const cutting = { rejudge: endAll } as const

describe('a change of membership', () => {
  test('[WSK23] cuts in log order: what came before is given, nothing that came after', async () => {
    const world = new HubWorld(cutting)
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    await world.flushed('b', 'members/bob', 'c', 'd')
    expect(outlet.story).toEqual(['1-2:2', '2-3:3', 'ended forbidden'])
  })

  test('[WSK23] cuts a reader that is behind: what waited in the log for it is not sent', async () => {
    const world = new HubWorld(cutting)
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1, new GateOutlet(0))
    await world.flushed('b')
    await world.flushed('members/bob', 'c')
    outlet.open()
    await world.clock.settle()
    expect(outlet.story).toEqual(['ended forbidden'])
  })

  test('[WSK23] cuts a reader whose read of the store is under way', async () => {
    const world = new HubWorld(cutting)
    await world.commit('a', 'b')
    await world.open()
    world.held.hold('changes')
    const { outlet } = world.begun(0)
    await world.clock.settle()
    await world.flushed('members/bob', 'c')
    world.held.release()
    await world.clock.settle()
    expect(outlet.story).toEqual(['ended forbidden'])
  })

  test('[WSK23] a read of the store that is ahead of the hub gives nothing above it', async () => {
    const world = new HubWorld(cutting)
    await world.commit('a', 'b')
    await world.open()
    const ahead = await world.commit('members/bob', 'c')
    const { outlet } = world.begun(0)
    await world.clock.settle()
    expect(outlet.story).toEqual(['0-2:1,2'])
    world.hub.advance('e1', ahead)
    await world.clock.settle()
    expect(outlet.story).toEqual(['0-2:1,2', '2-3:3', 'ended forbidden'])
  })

  test('[WSK23] that healing may have folded away is judged before anything is given', async () => {
    const world = new HubWorld({ limit: 1, rejudgeAll: async (hub) => endAll(hub) })
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    // The first change of bob's membership is no longer in the log: its row stands at revision 4.
    await world.commit('members/bob', 'c', 'members/bob')
    world.hub.suspect('e1', 4)
    await world.clock.pass(20)
    expect(outlet.story).toEqual(['ended forbidden'])
  })

  test('is known by its revision', async () => {
    const world = new HubWorld()
    await world.commit('a')
    await world.open()
    await world.flushed('members/bob', 'c')
    expect(world.hub.membersRev).toBe(2)
  })
})
