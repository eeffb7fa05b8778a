import { describe, expect, test } from 'vitest'
import { endedFrame } from '../../wire/frames.ts'
import { GateOutlet } from '../simulation/gate-outlet.fixture.ts'
import { HubWorld } from '../simulation/hub-world.fixture.ts'
import type { FollowedChannel } from './hub-node.ts'

function endAll(hub: FollowedChannel): void {
  for (const feed of hub.feeds) feed.end(endedFrame({ channel: hub.channel, reason: 'forbidden' }), 'forbidden')
}

describe('a hub', () => {
  test('drops changes that it has already', async () => {
    const world = new HubWorld()
    const first = await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    const more = await world.commit('b', 'c')
    for (const records of [first, more, more, more.slice(1), first]) world.hub.applyChanges('e1', records)
    await world.clock.settle()
    expect(outlet.story).toEqual(['1-3:2,3'])
    expect(world.held.count('changes')).toBe(0)
  })

  test('[PRM2] sends live readers a whole burst that is larger than the bounds of its tail', async () => {
    const world = new HubWorld({ entries: 2 })
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    await world.flushed('b', 'c', 'd', 'e', 'f', 'g', 'h', 'i')
    await world.flushed('j', 'k', 'l', 'm', 'n', 'o')
    expect(outlet.story).toEqual(['1-9:2,3,4,5,6,7,8,9', '9-15:10,11,12,13,14,15'])
    expect(world.held.count('changes')).toBe(0)
  })

  test('[PRM2] waits 20 ms for missing changes, then reads them from the store', async () => {
    const world = new HubWorld()
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    const [, third] = await world.commit('b', 'c')
    world.hub.applyChanges('e1', third === undefined ? [] : [third])
    await world.clock.pass(19)
    expect([outlet.story, world.held.count('changes')]).toEqual([[], 0])
    await world.clock.pass(1)
    expect(outlet.story).toEqual(['1-3:2,3'])
    expect(world.clock.pending).toBe(0)
  })

  test('reads nothing where the missing notification comes within 20 ms', async () => {
    const world = new HubWorld()
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    const [second, third] = await world.commit('b', 'c')
    if (second === undefined || third === undefined) throw new Error('two changes')
    world.hub.applyChanges('e1', [third])
    await world.clock.pass(10)
    world.hub.applyChanges('e1', [second])
    world.hub.applyChanges('e1', [third])
    await world.clock.pass(1000)
    expect([outlet.story, world.held.count('changes')]).toEqual([['1-3:2,3'], 0])
  })

  test('reads the changes of a notification that carries a head only', async () => {
    const world = new HubWorld({ limit: 2 })
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    await world.commit('b', 'c', 'b', 'd', 'e')
    world.hub.checkHead('e1', 6)
    await world.clock.pass(20)
    // The state in between of b is folded away; what is given joins, and each record is there.
    expect(outlet.story.at(0)).toMatch(/^1-/)
    expect(outlet.story.at(-1)).toMatch(/-6:/)
    expect(world.hub.flushed).toBe(6)
  })

  test('neither loses nor repeats changes that are notified while it reads the store', async () => {
    const world = new HubWorld()
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    await world.commit('b')
    world.held.hold('changes')
    world.hub.checkHead('e1', 2)
    await world.clock.pass(20)
    const [third] = await world.commit('c')
    world.hub.applyChanges('e1', third === undefined ? [] : [third])
    world.held.release()
    await world.clock.pass(20)
    await world.clock.settle()
    expect(outlet.story).toEqual(['1-3:2,3'])
    expect(world.held.count('changes')).toBe(1)
  })

  test('does not reset its readers where notifications overtake the store’s answer, whose head is older', async () => {
    const world = new HubWorld()
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    const [second] = await world.commit('b')
    world.held.hold('changes')
    world.hub.checkHead('e1', 2)
    await world.clock.pass(20)
    const [third] = await world.commit('c')
    for (const change of [second, third]) if (change !== undefined) world.hub.applyChanges('e1', [change])
    world.held.release()
    await world.clock.settle()
    expect(outlet.story).toEqual(['1-3:2,3'])
  })

  test('[MOD7] resets every reader once when the epoch changes', async () => {
    const world = new HubWorld()
    await world.commit('a', 'b')
    await world.open()
    const live = world.begun(2)
    const full = world.begun(1, new GateOutlet(0))
    await world.inner.renew()
    const [third] = await world.commit('c')
    world.hub.applyChanges('e2', third === undefined ? [] : [third])
    await world.clock.settle()
    expect(live.outlet.messages).toEqual([
      { op: 'reset', channel: 'chat:a', reason: 'epoch', epoch: 'e2', cursor: 'e2.3' },
    ])
    expect(full.outlet.story).toEqual(['reset epoch'])
    await world.flushed('d')
    full.outlet.open()
    expect([live.outlet.story, full.outlet.story]).toEqual([
      ['reset epoch', '3-4:4'],
      ['reset epoch', '3-4:4'],
    ])
  })

  test('ignores a notification of an earlier epoch', async () => {
    const world = new HubWorld()
    const old = await world.commit('a')
    await world.inner.renew()
    await world.open()
    const { outlet } = world.begun(1)
    world.hub.applyChanges('e1', old)
    await world.clock.pass(1000)
    expect([outlet.story, world.hub.epoch, world.clock.pending]).toEqual([[], 'e2', 0])
  })

  test('ignores a late answer of the store with an earlier epoch', async () => {
    const world = new HubWorld()
    await world.commit('a', 'b')
    await world.open()
    world.held.hold('changes')
    const { outlet } = world.begun(0)
    await world.clock.settle()
    await world.inner.drop('chat:a')
    world.hub.drop()
    world.held.release()
    const after = world.reader(0)
    after.feed.begin()
    await world.flushed('x')
    await world.clock.settle()
    expect(world.hub.epoch).toBe('e2')
    expect(outlet.story).toEqual(['ended deleted'])
    expect(after.outlet.story).toEqual(['0-1:1'])
  })

  test('[WSK22] ends every reader when the channel is deleted, after the changes committed before', async () => {
    const world = new HubWorld()
    await world.commit('a')
    await world.open()
    const { outlet, ended } = world.begun(1)
    await world.publish('b')
    world.hub.drop()
    expect([outlet.story, ended]).toEqual([['1-2:2', 'ended deleted'], ['deleted']])
    expect([world.hub.epoch, world.hub.head, world.hub.readers]).toEqual([null, 0, 0])
  })

  test('ends its readers where it reads the store and finds no channel', async () => {
    const world = new HubWorld()
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    await world.inner.drop('chat:a')
    await world.hub.readStore()
    expect(outlet.story).toEqual(['ended deleted'])
  })

  test('[MOD6] sends the first change of a new channel from 0, with the epoch', async () => {
    const world = new HubWorld()
    await world.open()
    const { outlet } = world.begun(0)
    await world.flushed('a')
    await world.flushed('b')
    expect(outlet.messages[0]).toMatchObject({ from: 0, to: 1, epoch: 'e1' })
    expect(outlet.story).toEqual(['0-1:1', '1-2:2'])
  })

  test('checks who may read before it takes over the log of a new channel', async () => {
    const world = new HubWorld({ recheckAccessOfAll: async (hub) => endAll(hub) })
    await world.open()
    const { outlet } = world.begun(0)
    await world.flushed('a')
    expect(outlet.story).toEqual(['ended forbidden'])
  })

  test('checks who may read before it resets readers into another log', async () => {
    const world = new HubWorld({ recheckAccessOfAll: async (hub) => endAll(hub) })
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    await world.inner.renew()
    await world.hub.readStore()
    expect(outlet.story).toEqual(['ended forbidden'])
  })

  test('[PRM5] resets its readers where the store purged tombstones that never reached it (simulation, seed 36)', async () => {
    const world = new HubWorld()
    await world.commit('a', 'b')
    await world.open()
    const { outlet } = world.begun(2)
    await world.commit('-a', 'c')
    await world.inner.purge({ keys: 0, tombstones: world.clock.now() + 1 })
    world.hub.checkHead('e1', 4)
    await world.clock.pass(20)
    expect(outlet.story).toEqual(['reset expired'])
    await world.flushed('d')
    expect(outlet.story).toEqual(['reset expired', '4-5:5'])
  })

  test('reports a store that fails while missing changes are read, and reads it again', async () => {
    const world = new HubWorld()
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    await world.commit('b')
    world.held.hold('changes')
    world.hub.checkHead('e1', 2)
    await world.clock.pass(20)
    world.held.fail(new Error('no disk'))
    await world.clock.settle()
    expect(world.reports).toEqual(['reading what chat:a misses: no disk'])
    await world.clock.pass(1000)
    expect(outlet.story).toEqual(['1-2:2'])
  })

  test('leaves no timer when it stops', async () => {
    const world = new HubWorld()
    await world.open()
    await world.commit('a')
    world.hub.checkHead('e1', 9)
    world.hub.stop()
    await world.clock.settle()
    expect(world.clock.pending).toBe(0)
  })

  test('is idle from its last reader on, and starts its idle time anew when somebody is about to read', async () => {
    const world = new HubWorld()
    const hub = await world.open()
    const { feed } = world.begun(0)
    expect(hub.idleSince).toBeNull()
    hub.touch()
    expect(hub.idleSince).toBeNull()
    world.clock.spend(100)
    feed.close()
    const since = hub.idleSince
    world.clock.spend(100)
    hub.touch()
    expect(hub.idleSince).toBe((since ?? 0) + 100)
  })

  test('[LIM9] cuts the changes of one flush into frames under the bound', async () => {
    const world = new HubWorld({ frameBytes: 900 })
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    await world.flushed('b', 'c', 'd', 'e', 'f', 'g')
    expect(outlet.frames.length).toBeGreaterThan(1)
    for (const frame of outlet.frames) expect(Buffer.byteLength(frame.json)).toBeLessThanOrEqual(900)
    expect(world.hub.flushed).toBe(7)
  })
})
