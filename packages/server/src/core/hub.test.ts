import { describe, expect, test } from 'vitest'
import { GateOutlet } from './gate-outlet.fixture.ts'
import type { Hub } from './hub.ts'
import { HubWorld } from './hub-world.fixture.ts'
import { endedFrame } from './notices.ts'

function endAll(hub: Hub): void {
  for (const feed of hub.feeds) feed.end(endedFrame(hub.channel, 'forbidden'), 'forbidden')
}

describe('a hub', () => {
  test('drops what it has heard already', async () => {
    const world = new HubWorld()
    const first = await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    const more = await world.commit('b', 'c')
    for (const records of [first, more, more, more.slice(1), first]) world.hub.advance('e1', records)
    await world.clock.settle()
    expect(outlet.story).toEqual(['1-3:2,3'])
    expect(world.held.count('changes')).toBe(0)
  })

  test('[PRM2] sends live readers all of a burst, of which its tail would hold a part only', async () => {
    const world = new HubWorld({ entries: 2 })
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    await world.flushed('b', 'c', 'd', 'e', 'f', 'g', 'h', 'i')
    await world.flushed('j', 'k', 'l', 'm', 'n', 'o')
    expect(outlet.story).toEqual(['1-9:2,3,4,5,6,7,8,9', '9-15:10,11,12,13,14,15'])
    expect(world.held.count('changes')).toBe(0)
  })

  test('[PRM2] that sees a hole waits 20 ms, then reads what is missing from the store', async () => {
    const world = new HubWorld()
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    const [, third] = await world.commit('b', 'c')
    world.hub.advance('e1', third === undefined ? [] : [third])
    await world.clock.pass(19)
    expect([outlet.story, world.held.count('changes')]).toEqual([[], 0])
    await world.clock.pass(1)
    expect(outlet.story).toEqual(['1-3:2,3'])
    expect(world.clock.pending).toBe(0)
  })

  test('whose missing bell comes late reads nothing', async () => {
    const world = new HubWorld()
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    const [second, third] = await world.commit('b', 'c')
    if (second === undefined || third === undefined) throw new Error('two changes')
    world.hub.advance('e1', [third])
    await world.clock.pass(10)
    world.hub.advance('e1', [second])
    world.hub.advance('e1', [third])
    await world.clock.pass(1000)
    expect([outlet.story, world.held.count('changes')]).toEqual([['1-3:2,3'], 0])
  })

  test('is told of a head by an empty bell, and reads it', async () => {
    const world = new HubWorld({ limit: 2 })
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    await world.commit('b', 'c', 'b', 'd', 'e')
    world.hub.suspect('e1', 6)
    await world.clock.pass(20)
    // The state in between of b is folded away; what is given joins, and each record is there.
    expect(outlet.story.at(0)).toMatch(/^1-/)
    expect(outlet.story.at(-1)).toMatch(/-6:/)
    expect(world.hub.flushed).toBe(6)
  })

  test('hears while it heals: what is told then is neither lost nor twice', async () => {
    const world = new HubWorld()
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    await world.commit('b')
    world.held.hold('changes')
    world.hub.suspect('e1', 2)
    await world.clock.pass(20)
    const [third] = await world.commit('c')
    world.hub.advance('e1', third === undefined ? [] : [third])
    world.held.release()
    await world.clock.pass(20)
    await world.clock.settle()
    expect(outlet.story).toEqual(['1-3:2,3'])
    expect(world.held.count('changes')).toBe(1)
  })

  test('goes on where bells overtake the answer of the store: its head is older, and no other log', async () => {
    const world = new HubWorld()
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    const [second] = await world.commit('b')
    world.held.hold('changes')
    world.hub.suspect('e1', 2)
    await world.clock.pass(20)
    const [third] = await world.commit('c')
    for (const change of [second, third]) if (change !== undefined) world.hub.advance('e1', [change])
    world.held.release()
    await world.clock.settle()
    expect(outlet.story).toEqual(['1-3:2,3'])
  })

  test('[MOD7] resets every reader once when the epoch is another', async () => {
    const world = new HubWorld()
    await world.commit('a', 'b')
    await world.open()
    const live = world.begun(2)
    const full = world.begun(1, new GateOutlet(0))
    await world.inner.renew()
    const [third] = await world.commit('c')
    world.hub.advance('e2', third === undefined ? [] : [third])
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

  test('a bell of a log that is no more changes nothing', async () => {
    const world = new HubWorld()
    const old = await world.commit('a')
    await world.inner.renew()
    await world.open()
    const { outlet } = world.begun(1)
    world.hub.advance('e1', old)
    await world.clock.pass(1000)
    expect([outlet.story, world.hub.epoch, world.clock.pending]).toEqual([[], 'e2', 0])
  })

  test('a late read of the log before does not bring it back', async () => {
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

  test('[WSK22] a drop ends every reader, after what was committed before it', async () => {
    const world = new HubWorld()
    await world.commit('a')
    await world.open()
    const { outlet, ended } = world.begun(1)
    await world.publish('b')
    world.hub.drop()
    expect([outlet.story, ended]).toEqual([['1-2:2', 'ended deleted'], ['deleted']])
    expect([world.hub.epoch, world.hub.head, world.hub.readers]).toEqual([null, 0, 0])
  })

  test('finds by its look that the channel is gone', async () => {
    const world = new HubWorld()
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    await world.inner.drop('chat:a')
    await world.hub.look()
    expect(outlet.story).toEqual(['ended deleted'])
  })

  test('[MOD6] of a channel that nobody wrote to gives its first change from 0, with the epoch', async () => {
    const world = new HubWorld()
    await world.open()
    const { outlet } = world.begun(0)
    await world.flushed('a')
    await world.flushed('b')
    expect(outlet.messages[0]).toMatchObject({ from: 0, to: 1, epoch: 'e1' })
    expect(outlet.story).toEqual(['0-1:1', '1-2:2'])
  })

  test('asks who may read before it takes over a log that is new here', async () => {
    const world = new HubWorld({ rejudgeAll: async (hub) => endAll(hub) })
    await world.open()
    const { outlet } = world.begun(0)
    await world.flushed('a')
    expect(outlet.story).toEqual(['ended forbidden'])
  })

  test('asks who may read before it resets them into another log', async () => {
    const world = new HubWorld({ rejudgeAll: async (hub) => endAll(hub) })
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    await world.inner.renew()
    await world.hub.look()
    expect(outlet.story).toEqual(['ended forbidden'])
  })

  test('[PRM5] whose store purged tombstones that it had not heard of resets its readers (simulation, seed 36)', async () => {
    const world = new HubWorld()
    await world.commit('a', 'b')
    await world.open()
    const { outlet } = world.begun(2)
    await world.commit('-a', 'c')
    await world.inner.purge({ keys: 0, tombstones: world.clock.now() + 1 })
    world.hub.suspect('e1', 4)
    await world.clock.pass(20)
    expect(outlet.story).toEqual(['reset expired'])
    await world.flushed('d')
    expect(outlet.story).toEqual(['reset expired', '4-5:5'])
  })

  test('a store that fails under healing is reported, and asked again', async () => {
    const world = new HubWorld()
    await world.commit('a')
    await world.open()
    const { outlet } = world.begun(1)
    await world.commit('b')
    world.held.hold('changes')
    world.hub.suspect('e1', 2)
    await world.clock.pass(20)
    world.held.fail(new Error('no disk'))
    await world.clock.settle()
    expect(world.reports).toEqual(['healing chat:a: no disk'])
    await world.clock.pass(1000)
    expect(outlet.story).toEqual(['1-2:2'])
  })

  test('leaves no timer when it stops', async () => {
    const world = new HubWorld()
    await world.open()
    await world.commit('a')
    world.hub.suspect('e1', 9)
    world.hub.stop()
    await world.clock.settle()
    expect(world.clock.pending).toBe(0)
  })

  test('is idle from its last reader on, and kept anew by whoever is about to read', async () => {
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

  test('[LIM9] cuts what one flush gives into frames under the bound', async () => {
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
