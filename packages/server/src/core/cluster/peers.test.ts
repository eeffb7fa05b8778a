import { describe, expect, test } from 'vitest'
import { callerOf } from '../simulation/core-world.fixture.ts'
import { deleteChannel, openChannel } from '../write/channels.ts'
import { signal } from '../write/signal.ts'
import { write } from '../write/write.ts'
import { channel, deaf, pair, put, reading } from './pair.fixture.ts'

describe('notifications of other nodes', () => {
  test('a change of another node arrives at once, without a read of the store', async () => {
    const { world, here, there } = await pair()
    await put(here, 'a')
    const { heard } = await reading(there)
    await put(here, 'b')
    await world.clock.settle()
    expect(heard()).toEqual([2])
    expect(there.held.count('changes')).toBe(0)
  })

  test('changes too large for a notification are read from the store', async () => {
    const { world, here, there } = await pair()
    await put(here, 'a')
    const { heard } = await reading(there)
    await put(here, 'é'.repeat(20_000), { recordId: 'large' })
    await world.clock.pass(20)
    expect([heard(), there.held.count('changes')]).toEqual([[2], 1])
  })

  test('two nodes that write to one channel read nothing where their notifications cross', async () => {
    let dice = 0
    const random = () => (dice = (dice + 0.37) % 1)
    const { world, here, there } = await pair({ faults: { delayed: 0.5, delayMs: 18 }, random })
    await put(here, 'a')
    const readers = [await reading(here), await reading(there)]
    for (let i = 0; i < 20; i++) await Promise.all([put(here, `h${i}`), put(there, `t${i}`)])
    await world.clock.pass(19)
    for (const { heard } of readers) expect(heard().at(-1)).toBe(41)
    expect([here.held.count('changes'), there.held.count('changes')]).toEqual([0, 0])
  })

  test('a notification that comes while the hub is being made is not lost', async () => {
    const { world, here, there } = await pair({ checks: false })
    await put(here, 'a')
    there.held.hold('channel')
    const coming = reading(there)
    await world.clock.settle()
    await put(here, 'b')
    there.held.release()
    const { heard } = await coming
    await put(here, 'c')
    await world.clock.settle()
    expect(heard().at(-1)).toBe(3)
  })

  test('a channel deleted on another node ends here; a late notification does not end one created since', async () => {
    const { world, here, there } = await pair()
    await put(here, 'a')
    const { heard } = await reading(there)
    await here.done(deleteChannel(here.core, callerOf('root', 'admin'), channel))
    await world.clock.settle()
    expect(heard()).toEqual(['deleted'])
    await put(here, 'b')
    const again = await reading(there)
    here.core.backbone.publish({ kind: 'dropped', channel })
    await put(here, 'c')
    await world.clock.settle()
    expect(again.heard()).toEqual([2])
  })

  test('a signal reaches the readers who asked for signals on every node', async () => {
    const { world, here, there } = await pair()
    const { outlet } = await reading(there)
    await here.done(signal(here.core, callerOf('ana'), channel, () => ({ type: 'typing', data: { on: true } })))
    await world.clock.settle()
    const sent = { op: 'signal', channel, type: 'typing', data: { on: true }, user: 'ana' }
    expect(outlet.frames.map(({ json }) => JSON.parse(json))).toEqual([sent])
  })

  test('a node without readers of a channel gets no notification of it', async () => {
    const { world, here, there } = await pair({ checks: false })
    await put(here, 'a')
    await world.clock.settle()
    expect(there.held.calls).toEqual([])
  })

  test('a reader whose membership ended on another node ends here in log order, and may not come back', async () => {
    const { world, here, there } = await pair({ checks: false })
    const admin = callerOf('root', 'admin')
    const team = 'team:a'
    const member = { channel: team, collection: 'members', recordId: 'bob' }
    const post = { op: 'create', channel: team, collection: 'messages', data: {} } as const
    await here.done(openChannel(here.core, admin, team, '192.0.2.1', () => ({})))
    await here.done(write(here.core, admin, { op: 'put', ...member, data: { user: 'bob', role: 'member' } }))
    const { heard } = await reading(there, team)
    await there.done(write(there.core, callerOf('bob'), post))
    await here.done(write(here.core, admin, { op: 'delete', ...member }))
    await here.done(write(here.core, admin, post))
    await world.clock.settle()
    expect(heard()).toEqual([3, 4, 'forbidden'])
    await expect(there.done(write(there.core, callerOf('bob'), post))).rejects.toThrow()
    await expect(reading(there, team)).rejects.toThrow()
  })
})

describe('revocations on another node', () => {
  const caller = callerOf('bob', 'user', { session: 's1' })

  test('end what was revoked at once, by a notification', async () => {
    const { world, here, there } = await pair({ checks: false })
    await here.core.revocations.revoke('session', 's1')
    await world.clock.settle()
    expect([there.core.revocations.isRevoked(caller), there.cuts, here.cuts]).toEqual([true, 1, 0])
  })

  test('end what was revoked with the next check, where the notification is lost', async () => {
    const { world, here, there } = await pair(deaf)
    await here.core.revocations.revoke('session', 's1')
    world.touched.touchRevocations()
    await world.clock.pass(1000)
    expect([there.core.revocations.isRevoked(caller), there.cuts]).toEqual([true, 1])
  })

  test('are read with the next check where they could not be read, and the failure is reported once', async () => {
    const { world, here, there } = await pair()
    const { revocations } = world.accounts
    let failures = 0
    world.accounts.revocations = async () => {
      failures++
      throw new Error('no answer')
    }
    await here.core.revocations.revoke('session', 's1')
    await world.clock.pass(2000)
    expect([failures, there.reports]).toEqual([3, ['reading what was revoked: Error: no answer']])
    world.accounts.revocations = revocations
    await world.clock.pass(1000)
    expect([there.core.revocations.isRevoked(caller), there.cuts]).toEqual([true, 1])
  })
})
