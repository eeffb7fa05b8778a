import { describe, expect, test } from 'vitest'
import { Frame } from '../../../ports/frame.ts'
import { GateOutlet } from '../../simulation/gate-outlet.fixture.ts'
import { worldWith } from '../../simulation/hub-world.fixture.ts'

describe('a feed', () => {
  test('[WSK9] is live when it begins at the head, and gets what is committed after', async () => {
    const world = await worldWith(['a'])
    const { feed, outlet } = world.begun(1)
    expect(feed.isLive).toBe(true)
    await world.flushed('b')
    await world.flushed('c', 'd')
    expect(outlet.story).toEqual(['1-2:2', '2-4:3,4'])
    expect(feed.cursor).toBe(4)
  })

  test('sends nothing before it begins, and then everything since its cursor', async () => {
    const world = await worldWith(['a'])
    const { feed, outlet } = world.reader(1)
    await world.flushed('b')
    feed.sendTransient(new Frame('signal', '{"op":"signal"}'))
    expect(outlet.frames).toEqual([])
    feed.begin()
    expect(outlet.story).toEqual(['1-2:2'])
  })

  test('reads the store in parts where its cursor is older than the tail, and goes live', async () => {
    const world = await worldWith(['a', 'b', 'c', 'd', 'e'], { limit: 2 })
    const { feed, outlet } = world.begun(0)
    expect(feed.isLive).toBe(false)
    await world.clock.settle()
    expect(outlet.story).toEqual(['0-2:1,2', '2-4:3,4', '4-5:5'])
    expect(feed.isLive).toBe(true)
  })

  test('[PRM9] falls behind when its outlet is full, and goes on from there when the outlet drains', async () => {
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

  test('goes on with the next range where its outlet fills between two ranges of a flush', async () => {
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

  test('goes on with the next range where its outlet fills between two ranges of a read of the store', async () => {
    const world = await worldWith(['a', 'b', 'c'], { frameBytes: 520 })
    const { outlet } = world.begun(0, new GateOutlet(1))
    await world.clock.settle()
    expect(outlet.story).toEqual(['0-1:1'])
    outlet.open()
    await world.clock.settle()
    expect(outlet.story).toEqual(['0-1:1', '1-2:2', '2-3:3'])
  })

  test('gets the last state alone of a record that changed several times while the feed was behind', async () => {
    const world = await worldWith(['a'])
    const { outlet } = world.begun(1, new GateOutlet(0))
    await world.flushed('b')
    await world.flushed('b')
    await world.flushed('c', '-b')
    outlet.open()
    expect(outlet.story).toEqual(['1-5:4,5'])
  })

  test('waits for the hub where its snapshot is newer than the hub, and gets nothing twice', async () => {
    const world = await worldWith(['a'])
    const newer = await world.commit('b', 'c')
    const { feed, outlet } = world.begun(3)
    expect(feed.isLive).toBe(false)
    world.hub.applyChanges('e1', newer.slice(0, 1))
    await world.clock.settle()
    expect(outlet.frames).toEqual([])
    world.hub.applyChanges('e1', newer)
    await world.clock.settle()
    expect([outlet.story, feed.isLive]).toEqual([[], true])
    await world.flushed('d')
    expect(outlet.story).toEqual(['3-4:4'])
  })

  test('gets only the changes above its snapshot of a flush that began below', async () => {
    const world = await worldWith(['a'])
    const { outlet } = world.begun(2)
    await world.flushed('b', 'c', 'd')
    expect(outlet.story).toEqual(['2-4:3,4'])
  })

  test('shares its outlet with other feeds, and all of them catch up', async () => {
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

  test('shares one read of the store with feeds at the same cursor', async () => {
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

  test('[PRM5] is reset where its cursor is below the purged tombstones, and goes on from the head', async () => {
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

  test('[MOD8, PRM5] reads a purged log from its beginning in several reads of the store', async () => {
    const world = await worldWith(['a', 'b', 'c', 'd', '-a'], { limit: 2 })
    await world.inner.purge({ keys: 0, tombstones: world.clock.now() + 1 })
    const { feed, outlet } = world.begun(0)
    await world.clock.settle()
    expect(outlet.story).toEqual(['0-3:2,3', '3-5:4'])
    expect(outlet.frames.map(({ cursor }) => cursor)).toEqual(['e1.3~5', 'e1.5'])
    expect(feed.isLive).toBe(true)
  })

  test('[MOD8, PRM5] is reset where something was purged since it began', async () => {
    const world = await worldWith(['a', 'b', 'c', 'd', '-a'], { limit: 2 })
    await world.inner.purge({ keys: 0, tombstones: world.clock.now() + 1 })
    const outlet = new GateOutlet(1)
    world.begun(0, outlet)
    await world.clock.settle()
    await world.flushed('-b')
    await world.inner.purge({ keys: 0, tombstones: world.clock.now() + 1 })
    outlet.open()
    await world.clock.settle()
    expect(outlet.story).toEqual(['0-3:2,3', 'reset expired'])
  })

  test('[RDG4] is not reset where its cursor is 0, whatever was purged', async () => {
    const world = await worldWith(['a', 'b', '-a', 'c'])
    await world.inner.purge({ keys: 0, tombstones: world.clock.now() + 1 })
    const { outlet } = world.begun(0)
    await world.clock.settle()
    expect(outlet.story).toEqual(['0-4:2,4'])
  })
})

test('a store that fails during a catch-up closes the connection, so that the client resumes', async () => {
  const world = await worldWith(['a'])
  world.held.hold('changes')
  const { broken, outlet } = world.begun(0)
  await world.clock.settle()
  world.held.fail(new Error('no disk'))
  await world.clock.settle()
  expect(broken).toHaveLength(1)
  expect(outlet.frames).toEqual([])
})

test('a transient frame is dropped where the outlet is full, and not sent later', async () => {
  const world = await worldWith(['a'])
  const { feed, outlet } = world.begun(1, new GateOutlet(1))
  feed.sendTransient(new Frame('signal', '{"op":"signal"}'))
  feed.sendTransient(new Frame('signal', '{"op":"signal"}'))
  outlet.open()
  expect(outlet.story).toEqual(['signal'])
})
