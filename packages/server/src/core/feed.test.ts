import { describe, expect, test } from 'vitest'
import { Frame } from '../ports/frame.ts'
import { GateOutlet } from './gate-outlet.fixture.ts'
import { HubWorld, type WorldOptions } from './hub-world.fixture.ts'
import { endedFrame } from './notices.ts'

/** A world whose log has these changes, and a hub that has just been opened on it. */
async function worldWith(ids: readonly string[], options: WorldOptions = {}): Promise<HubWorld> {
  const world = new HubWorld(options)
  await world.commit(...ids)
  await world.open()
  return world
}

describe('a feed', () => {
  test('[WSK9] that begins at the head is live, and gets what is committed after', async () => {
    const world = await worldWith(['a'])
    const { feed, outlet } = world.begun(1)
    expect(feed.isLive).toBe(true)
    await world.flushed('b')
    await world.flushed('c', 'd')
    expect(outlet.story).toEqual(['1-2:2', '2-4:3,4'])
    expect(feed.cursor).toBe(4)
  })

  test('sends nothing before it has begun, and nothing is lost meanwhile', async () => {
    const world = await worldWith(['a'])
    const { feed, outlet } = world.reader(1)
    await world.flushed('b')
    feed.mention(new Frame('signal', '{"op":"signal"}'))
    expect(outlet.frames).toEqual([])
    feed.begin()
    expect(outlet.story).toEqual(['1-2:2'])
  })

  test('that resumes behind the tail reads the store, in parts, and goes live', async () => {
    const world = await worldWith(['a', 'b', 'c', 'd', 'e'], { limit: 2 })
    const { feed, outlet } = world.begun(0)
    expect(feed.isLive).toBe(false)
    await world.clock.settle()
    expect(outlet.story).toEqual(['0-2:1,2', '2-4:3,4', '4-5:5'])
    expect(feed.isLive).toBe(true)
  })

  test('[PRM9] whose outlet is full falls behind at that place, and goes on from it when there is room', async () => {
    const world = await worldWith(['a'])
    const { feed, outlet } = world.begun(1, new GateOutlet(1))
    await world.flushed('b')
    await world.flushed('c')
    await world.flushed('d')
    expect(outlet.story).toEqual(['1-2:2'])
    expect([feed.isLive, feed.cursor, outlet.waiting]).toEqual([false, 2, 1])
    outlet.open()
    expect(outlet.story).toEqual(['1-2:2', '2-4:3,4'])
    expect(feed.isLive).toBe(true)
  })

  test('whose outlet fills in the middle of several ranges goes on with the next of them', async () => {
    // Each change is a frame of its own.
    const world = await worldWith(['a'], { frameBytes: 520 })
    const { feed, outlet } = world.begun(1, new GateOutlet(2))
    await world.flushed('b', 'c', 'd', 'e')
    expect(outlet.story).toEqual(['1-2:2', '2-3:3'])
    expect(feed.cursor).toBe(3)
    outlet.open(1)
    expect(outlet.story).toEqual(['1-2:2', '2-3:3', '3-4:4'])
    outlet.open(1)
    expect(outlet.story).toEqual(['1-2:2', '2-3:3', '3-4:4', '4-5:5'])
    expect(feed.isLive).toBe(true)
  })

  test('fills the outlet in the middle of a read of the store, and reads on from where it stopped', async () => {
    const world = await worldWith(['a', 'b', 'c'], { frameBytes: 520 })
    const { outlet } = world.begun(0, new GateOutlet(1))
    await world.clock.settle()
    expect(outlet.story).toEqual(['0-1:1'])
    outlet.open()
    await world.clock.settle()
    expect(outlet.story).toEqual(['0-1:1', '1-2:2', '2-3:3'])
  })

  test('that was away while a record changed gets its last state alone', async () => {
    const world = await worldWith(['a'])
    const { outlet } = world.begun(1, new GateOutlet(0))
    await world.flushed('b')
    await world.flushed('b')
    await world.flushed('c', '-b')
    outlet.open()
    expect(outlet.story).toEqual(['1-5:4,5'])
  })

  test('whose snapshot is ahead of the hub waits for the hub, and gets nothing twice', async () => {
    const world = await worldWith(['a'])
    const ahead = await world.commit('b', 'c')
    const { feed, outlet } = world.begun(3)
    expect(feed.isLive).toBe(false)
    world.hub.advance('e1', ahead.slice(0, 1))
    await world.clock.settle()
    expect(outlet.frames).toEqual([])
    world.hub.advance('e1', ahead)
    await world.clock.settle()
    expect([outlet.story, feed.isLive]).toEqual([[], true])
    await world.flushed('d')
    expect(outlet.story).toEqual(['3-4:4'])
  })

  test('whose snapshot is in the middle of a flush gets what is above it alone', async () => {
    const world = await worldWith(['a'])
    const { outlet } = world.begun(2)
    await world.flushed('b', 'c', 'd')
    expect(outlet.story).toEqual(['2-4:3,4'])
  })

  test('several on one outlet share its room, and all are caught up', async () => {
    const world = await worldWith(['a'])
    const outlet = new GateOutlet(1)
    const first = world.begun(1, outlet)
    const second = world.begun(0, outlet)
    await world.clock.settle()
    await world.flushed('b')
    expect(outlet.story).toEqual(['0-1:1'])
    outlet.open()
    await world.clock.settle()
    expect(outlet.story.slice(1).sort()).toEqual(['1-2:2', '1-2:2'])
    expect([first.feed.isLive, second.feed.isLive]).toEqual([true, true])
  })

  test('readers at one cursor share one read of the store', async () => {
    const world = await worldWith(['a', 'b'])
    world.held.hold('changes')
    const readers = [world.begun(0), world.begun(0), world.begun(0)]
    await world.clock.settle()
    world.held.release()
    await world.clock.settle()
    expect(world.held.count('changes')).toBe(1)
    expect(readers.map(({ outlet }) => outlet.story)).toEqual([['0-2:1,2'], ['0-2:1,2'], ['0-2:1,2']])
    expect(new Set(readers.map(({ outlet }) => outlet.frames[0])).size).toBe(1)
  })

  test('[PRM5] a cursor below what was purged is reset, and goes on from the head', async () => {
    const world = await worldWith(['a', 'b', '-a', 'c'])
    await world.inner.purge({ keys: 0, tombstones: world.clock.now() + 1 })
    const { feed, outlet } = world.begun(2)
    await world.clock.settle()
    expect(outlet.messages).toEqual([
      { op: 'reset', channel: 'chat:a', reason: 'expired', epoch: 'e1', cursor: 'e1.4' },
    ])
    expect(feed.isLive).toBe(true)
    await world.flushed('d')
    expect(outlet.story).toEqual(['reset expired', '4-5:5'])
  })

  test('[RDG4] a reader that has nothing lacks no tombstone, whatever was purged', async () => {
    const world = await worldWith(['a', 'b', '-a', 'c'])
    await world.inner.purge({ keys: 0, tombstones: world.clock.now() + 1 })
    const { outlet } = world.begun(0)
    await world.clock.settle()
    expect(outlet.story).toEqual(['0-4:2,4'])
  })
})

describe('a feed that is closed', () => {
  test('gets nothing, and leaves the hub; closing it again is nothing', async () => {
    const world = await worldWith(['a'])
    const { feed, outlet } = world.begun(1)
    feed.close()
    feed.close()
    await world.flushed('b')
    expect([outlet.story, feed.isClosed, world.hub.readers, world.hub.feeds.size]).toEqual([[], true, 0, 0])
    expect(world.demands).toEqual([1, 0])
  })

  test('while the store is asked, is sent nothing of the answer', async () => {
    const world = await worldWith(['a'])
    world.held.hold('changes')
    const { feed, outlet } = world.begun(0)
    await world.clock.settle()
    feed.close()
    world.held.release()
    await world.clock.settle()
    expect(outlet.frames).toEqual([])
  })

  test('while it waits for room, does not wake', async () => {
    const world = await worldWith(['a'])
    const { feed, outlet } = world.begun(1, new GateOutlet(0))
    await world.flushed('b')
    feed.close()
    outlet.open()
    expect(outlet.frames).toEqual([])
  })

  test('[WSK23] by an end is told so once, room or not, and nothing after', async () => {
    const world = await worldWith(['a'])
    const { feed, outlet, ended } = world.begun(1, new GateOutlet(0))
    feed.end(endedFrame('chat:a', 'forbidden'), 'forbidden')
    feed.end(endedFrame('chat:a', 'deleted'), 'deleted')
    await world.flushed('b')
    outlet.open()
    expect([outlet.story, ended]).toEqual([['ended forbidden'], ['forbidden']])
  })

  test('by an end before its reply is told of it after the reply', async () => {
    const world = await worldWith(['a'])
    const { feed, outlet } = world.reader(1)
    feed.end(endedFrame('chat:a', 'deleted'), 'deleted')
    expect(outlet.frames).toEqual([])
    feed.begin()
    expect(outlet.story).toEqual(['ended deleted'])
  })

  test('by its own connection, before it began, is told nothing', async () => {
    const world = await worldWith(['a'])
    const { feed, outlet } = world.reader(1)
    await world.inner.renew()
    await world.hub.look()
    feed.close()
    feed.begin()
    expect(outlet.frames).toEqual([])
  })
})

describe('a feed whose log is another one now', () => {
  test('is told by one reset, after its reply', async () => {
    const world = await worldWith(['a', 'b'])
    const { feed, outlet } = world.reader(1)
    await world.inner.renew()
    await world.hub.look()
    expect(outlet.frames).toEqual([])
    feed.begin()
    expect(outlet.messages).toEqual([{ op: 'reset', channel: 'chat:a', reason: 'epoch', epoch: 'e2', cursor: 'e2.2' }])
  })

  test('is not sent a late answer of the log before', async () => {
    const world = await worldWith(['a', 'b', 'c'])
    world.held.hold('changes')
    const { feed, outlet } = world.begun(0)
    await world.clock.settle()
    await world.inner.renew()
    const looked = world.hub.look()
    await world.clock.settle()
    // The look is answered first, the feed's own read only then.
    world.held.release()
    await looked
    await world.clock.settle()
    expect(outlet.story).toEqual(['reset epoch'])
    expect([feed.isLive, feed.cursor]).toEqual([true, 3])
  })

  test('finds so by its own read', async () => {
    const world = await worldWith(['a', 'b', 'c'])
    await world.inner.renew()
    const { outlet } = world.begun(1)
    await world.clock.settle()
    expect(outlet.story).toEqual(['reset epoch'])
    expect(world.hub.epoch).toBe('e2')
  })

  test('room that it waited for before does not read twice', async () => {
    const world = await worldWith(['a', 'b', 'c'])
    const outlet = new GateOutlet(0)
    world.begun(0, outlet)
    await world.inner.renew()
    await world.hub.look()
    await world.commit('d', 'e')
    world.held.hold('changes')
    outlet.open()
    world.hub.suspect('e2', 5)
    await world.clock.pass(20)
    world.held.release()
    await world.clock.settle()
    expect(outlet.story).toEqual(['reset epoch', '3-5:4,5'])
  })
})

test('a store that fails under a catch-up breaks the connection, so that it comes back', async () => {
  const world = await worldWith(['a'])
  world.held.hold('changes')
  const { broken, outlet } = world.begun(0)
  await world.clock.settle()
  world.held.fail(new Error('no disk'))
  await world.clock.settle()
  expect(broken).toHaveLength(1)
  expect(outlet.frames).toEqual([])
})

test('a mention is of the moment: it goes out where there is room, and is not kept', async () => {
  const world = await worldWith(['a'])
  const { feed, outlet } = world.begun(1, new GateOutlet(1))
  feed.mention(new Frame('signal', '{"op":"signal"}'))
  feed.mention(new Frame('signal', '{"op":"signal"}'))
  outlet.open()
  expect(outlet.story).toEqual(['signal'])
})
