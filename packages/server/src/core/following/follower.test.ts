import { describe, expect, onTestFinished, test } from 'vitest'
import { StoreUnavailable } from '../../ports/store.ts'
import { deaf, pair, put } from '../cluster/pair.fixture.ts'
import type { ClusterNode } from '../simulation/cluster-world.fixture.ts'
import { callerOf } from '../simulation/core-world.fixture.ts'
import { deleteChannel } from '../write/channels.ts'
import { type FollowedPage, Follower } from './follower.ts'

function followerAt(node: ClusterNode, after: string | null = null): Follower {
  const options = { pattern: 'chat:*', after, pageBytes: 1_000_000 }
  const follower = new Follower(node.core, callerOf('worker', 'service'), options)
  onTestFinished(() => follower.close())
  return follower
}

function heard({ channels }: FollowedPage): string[] {
  return channels.map((part) =>
    'ended' in part ? `${part.channel} ${part.ended}` : `${part.channel} ${part.from}-${part.to}`,
  )
}

/** Whether the follower has been woken. */
function waking(follower: Follower) {
  const state = { isAwake: false }
  void follower.touched().then(() => {
    state.isAwake = true
  })
  return state
}

describe('a follower where other nodes write, and every notification is lost', () => {
  test('[FOL10] it is woken within a second by a channel of the pattern, and then reads that one alone', async () => {
    const { world, here, there } = await pair(deaf)
    await put(here, 'a')
    // The check that follows the write names the channel.
    await world.clock.pass(1020)
    const follower = followerAt(there)
    await there.done(follower.read(100))
    const woken = waking(follower)
    await world.clock.pass(3000)
    expect(woken.isAwake).toBe(false)
    await put(here, 'b')
    await world.clock.pass(1020)
    expect(woken.isAwake).toBe(true)
    const before = there.held.count('changes')
    expect(heard(await there.done(follower.read(100)))).toEqual(['chat:a 1-2'])
    expect(there.held.count('changes')).toBe(before + 1)
  })

  test('[FOL7, FOL10] it is woken within a second by a channel that was deleted', async () => {
    const { world, here, there } = await pair(deaf)
    await put(here, 'a')
    const follower = followerAt(there)
    await there.done(follower.read(100))
    const woken = waking(follower)
    await here.done(deleteChannel(here.core, callerOf('root', 'admin'), 'chat:a'))
    await world.clock.pass(1020)
    expect(woken.isAwake).toBe(true)
    expect(heard(await there.done(follower.read(100)))).toEqual(['chat:a deleted'])
  })

  test('[FOL4] the cursor of one node goes on at another', async () => {
    const { here, there } = await pair(deaf)
    await put(here, 'a')
    const { cursor } = await here.done(followerAt(here).read(100))
    await put(there, 'b')
    expect(heard(await there.done(followerAt(there, cursor).read(100)))).toEqual(['chat:a 1-2'])
  })

  test('[FOL6] after the store was lost, it is woken although no channel is named', async () => {
    const { world, here, there } = await pair(deaf)
    await put(here, 'a')
    const follower = followerAt(there)
    await there.done(follower.read(100))
    const woken = waking(follower)
    await world.touched.lose()
    await world.clock.pass(1020)
    expect(woken.isAwake).toBe(true)
    expect(heard(await there.done(follower.read(100)))).toEqual(['chat:a deleted'])
  })
})

describe('a follower whose store fails', () => {
  test.each(['channels', 'changes'] as const)('[FOL5] reads the same again after %s failed', async (verb) => {
    const { here } = await pair()
    await put(here, 'a')
    const follower = followerAt(here, '0')
    let isAway = true
    const working = here.core.storeOf('chat:a')
    const store = new Proxy(working, {
      get: (target, name) =>
        name === verb && isAway
          ? () => Promise.reject(new StoreUnavailable('the store is away'))
          : Reflect.get(target, name),
    })
    Object.assign(here.core, { storeOf: () => store })
    await expect(here.done(follower.read(100))).rejects.toThrow()
    isAway = false
    expect(heard(await here.done(follower.read(100)))).toEqual(['chat:a 0-1'])
  })

  test('[FOL5] what changes while a channel is read is read with the next page', async () => {
    const { here } = await pair()
    await put(here, 'a')
    const follower = followerAt(here, '0')
    here.held.hold('changes')
    const first = follower.read(100)
    await here.done(Promise.resolve())
    await expect.poll(() => here.held.held).toBe(1)
    const written = put(here, 'b')
    await written
    here.held.release()
    expect(heard(await here.done(first))).toEqual(['chat:a 0-1'])
    expect(heard(await here.done(follower.read(100)))).toEqual(['chat:a 1-2'])
  })
})
