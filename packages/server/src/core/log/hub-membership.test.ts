import { describe, expect, test } from 'vitest'
import { endedFrame } from '../../wire/frames.ts'
import { GateOutlet } from '../simulation/gate-outlet.fixture.ts'
import { HubWorld } from '../simulation/hub-world.fixture.ts'
import type { FollowedChannel } from './hub-node.ts'

function endAll(hub: FollowedChannel): void {
  for (const feed of hub.feeds) feed.end(endedFrame({ channel: hub.channel, reason: 'forbidden' }), 'forbidden')
}

/** Ends every reader as soon as a membership changes, as for one who lost it. */
const cutting = { recheckAccess: endAll } as const

describe('a hub at a change of membership', () => {
  test('[WSK23] ends a reader in log order: it gets every change before, and none after', async () => {
    const world = new HubWorld(cutting)
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    await world.flushed('b', 'members/bob', 'c', 'd')
    expect(outlet.story).toEqual(['1-2:2', '2-3:3', 'ended forbidden'])
  })

  test('[WSK23] ends a reader that is behind without the changes that it had not been sent', async () => {
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

  test('[WSK23] ends a reader while its read of the store is under way', async () => {
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

  test('[WSK23] sends nothing above its own head from a read of a newer store', async () => {
    const world = new HubWorld(cutting)
    await world.commit('a', 'b')
    await world.open()
    const newer = await world.commit('members/bob', 'c')
    const { outlet } = world.begun(0)
    await world.clock.settle()
    expect(outlet.story).toEqual(['0-2:1,2'])
    world.hub.applyChanges('e1', newer)
    await world.clock.settle()
    expect(outlet.story).toEqual(['0-2:1,2', '2-3:3', 'ended forbidden'])
  })

  test('[WSK23] checks access before it sends a read from which folding may have removed the change', async () => {
    const world = new HubWorld({ limit: 1, recheckAccessOfAll: async (hub) => endAll(hub) })
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    // The first change of bob's membership is no longer in the log: its row stands at revision 4.
    await world.commit('members/bob', 'c', 'members/bob')
    world.hub.checkHead('e1', 4)
    await world.clock.pass(20)
    expect(outlet.story).toEqual(['ended forbidden'])
  })

  test('knows its revision', async () => {
    const world = new HubWorld()
    await world.commit('a')
    await world.open()
    await world.flushed('members/bob', 'c')
    expect(world.hub.membersRev).toBe(2)
  })
})
