import { describe, expect, test } from 'vitest'
import { endedFrame } from '../../../wire/frames.ts'
import { GateOutlet } from '../../simulation/gate-outlet.fixture.ts'
import { worldWith } from '../../simulation/hub-world.fixture.ts'

describe('a feed that is closed', () => {
  test('gets nothing more and has left the hub; a second close does nothing', async () => {
    const world = await worldWith(['a'])
    const { feed, outlet } = world.begun(1)
    feed.close()
    feed.close()
    await world.flushed('b')
    expect([outlet.story, feed.isClosed, world.hub.readers, world.hub.feeds.size]).toEqual([[], true, 0, 0])
    expect(world.demands).toEqual([1, 0])
  })

  test('is sent nothing of an answer of the store that comes after the close', async () => {
    const world = await worldWith(['a'])
    world.held.hold('changes')
    const { feed, outlet } = world.begun(0)
    await world.clock.settle()
    feed.close()
    world.held.release()
    await world.clock.settle()
    expect(outlet.frames).toEqual([])
  })

  test('sends nothing when its outlet drains after the close', async () => {
    const world = await worldWith(['a'])
    const { feed, outlet } = world.begun(1, new GateOutlet(0))
    await world.flushed('b')
    feed.close()
    outlet.open()
    expect(outlet.frames).toEqual([])
  })

  test('[WSK23] is sent one end frame, also on a full outlet, and nothing after', async () => {
    const world = await worldWith(['a'])
    const { feed, outlet, ended } = world.begun(1, new GateOutlet(0))
    feed.end(endedFrame({ channel: 'chat:a', reason: 'forbidden' }), 'forbidden')
    feed.end(endedFrame({ channel: 'chat:a', reason: 'deleted' }), 'deleted')
    await world.flushed('b')
    outlet.open()
    expect([outlet.story, ended]).toEqual([['ended forbidden'], ['forbidden']])
  })

  test('is sent the end frame after the reply, where it ended before the reply', async () => {
    const world = await worldWith(['a'])
    const { feed, outlet } = world.reader(1)
    feed.end(endedFrame({ channel: 'chat:a', reason: 'deleted' }), 'deleted')
    expect(outlet.frames).toEqual([])
    feed.begin()
    expect(outlet.story).toEqual(['ended deleted'])
  })

  test('is sent nothing where its connection closed it before it began', async () => {
    const world = await worldWith(['a'])
    const { feed, outlet } = world.reader(1)
    await world.inner.renew()
    await world.hub.readStore()
    feed.close()
    feed.begin()
    expect(outlet.frames).toEqual([])
  })
})

describe('a feed whose log was replaced', () => {
  test('is sent one reset, after its reply', async () => {
    const world = await worldWith(['a', 'b'])
    const { feed, outlet } = world.reader(1)
    await world.inner.renew()
    await world.hub.readStore()
    expect(outlet.frames).toEqual([])
    feed.begin()
    expect(outlet.messages).toEqual([{ op: 'reset', channel: 'chat:a', reason: 'epoch', epoch: 'e2', cursor: 'e2.2' }])
  })

  test('is not sent a late answer of the earlier log', async () => {
    const world = await worldWith(['a', 'b', 'c'])
    world.held.hold('changes')
    const { feed, outlet } = world.begun(0)
    await world.clock.settle()
    await world.inner.renew()
    const read = world.hub.readStore()
    await world.clock.settle()
    // The hub's read is answered first, then the feed's own.
    world.held.release()
    await read
    await world.clock.settle()
    expect(outlet.story).toEqual(['reset epoch'])
    expect([feed.isLive, feed.cursor]).toEqual([true, 3])
  })

  test('is reset by its own read of the store', async () => {
    const world = await worldWith(['a', 'b', 'c'])
    await world.inner.renew()
    const { outlet } = world.begun(1)
    await world.clock.settle()
    expect(outlet.story).toEqual(['reset epoch'])
    expect(world.hub.epoch).toBe('e2')
  })

  test('reads once where its outlet drains after the reset', async () => {
    const world = await worldWith(['a', 'b', 'c'])
    const outlet = new GateOutlet(0)
    world.begun(0, outlet)
    await world.inner.renew()
    await world.hub.readStore()
    await world.commit('d', 'e')
    world.held.hold('changes')
    outlet.open()
    world.hub.checkHead('e2', 5)
    await world.clock.pass(20)
    world.held.release()
    await world.clock.settle()
    expect(outlet.story).toEqual(['reset epoch', '3-5:4,5'])
  })
})
