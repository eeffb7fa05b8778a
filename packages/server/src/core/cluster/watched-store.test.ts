import { describe, expect, test } from 'vitest'
import { callerOf } from '../simulation/core-world.fixture.ts'
import { deleteChannel, openChannel } from '../write/channels.ts'
import { channel, deaf, pair, put, reading } from './pair.fixture.ts'

describe('checks of the store, where every notification is lost', () => {
  test('a lost last notification is repaired with the next check', async () => {
    const { world, here, there } = await pair(deaf)
    await put(here, 'a')
    const { heard } = await reading(there)
    await put(here, 'b')
    await world.clock.pass(1020)
    expect(heard()).toEqual([2])
  })

  test('a channel deleted on another node ends here', async () => {
    const { world, here, there } = await pair(deaf)
    await put(here, 'a')
    const { heard } = await reading(there)
    await here.done(deleteChannel(here.core, callerOf('root', 'admin'), channel))
    await world.clock.pass(1000)
    expect(heard()).toEqual(['deleted'])
  })

  test('after a gap in the notifications the store is asked at once', async () => {
    const { world, here, there } = await pair({ ...deaf, checks: false })
    await put(here, 'a')
    const { heard } = await reading(there)
    await put(here, 'b')
    there.backbone.raiseGap()
    await world.clock.pass(20)
    expect(heard()).toEqual([2])
  })

  test('a store that is away is reported once; when it is back, every hub is compared with it', async () => {
    const { world, here, there } = await pair(deaf)
    await put(here, 'a')
    await reading(there)
    world.touched.isAway = true
    await world.clock.pass(5000)
    expect(world.reports).toEqual(
      ['checking which channels were touched: Error: the store is away'].flatMap((one) => [one, one]),
    )
    const before = there.held.count('channel')
    world.touched.isAway = false
    await world.clock.pass(1000)
    expect(there.held.count('channel')).toBe(before + 1)
  })

  test('a channel that nobody touched costs no read', async () => {
    const { world, here, there } = await pair(deaf)
    await put(here, 'a')
    await reading(there)
    const before = there.held.calls.length
    await world.clock.pass(10_000)
    expect(there.held.calls).toHaveLength(before)
  })

  test('a head below the hub’s resets its readers', async () => {
    const { world, here, there } = await pair(deaf)
    await put(here, 'a')
    await put(here, 'b')
    const { heard } = await reading(there)
    // The store is as it was before `b`: from a backup.
    await world.touched.store.drop(channel)
    await put(here, 'a')
    await world.clock.pass(1000)
    expect(heard()).toEqual(['epoch'])
  })
})

describe('a store that lost everything', () => {
  test('[MOD17] opens a public channel again, empty, and its readers are reset', async () => {
    const { world, here, there } = await pair()
    await put(here, 'a')
    const { heard } = await reading(there)
    await world.touched.lose()
    await world.clock.pass(1000)
    expect(heard()).toEqual(['epoch'])
    expect(await world.touched.store.channel(channel)).toMatchObject({ head: 0, visibility: 'public' })
  })

  test('[MOD17] opens no private channel again, which nobody could read; who opens it next is its owner', async () => {
    const { world, here, there } = await pair()
    const team = 'team:a'
    const open = (user: string) =>
      there.done(openChannel(there.core, callerOf(user), team, '192.0.2.1', () => ({}))).then(({ made }) => made)
    await here.done(openChannel(here.core, callerOf('bob'), team, '192.0.2.1', () => ({})))
    const { heard } = await reading(there, team)
    await world.touched.lose()
    await world.clock.pass(1000)
    expect(heard()).toEqual(['deleted'])
    expect(await world.touched.store.channel(team)).toBeNull()
    expect(await open('bob')).toBe(true)
    await reading(there, team)
  })
})
