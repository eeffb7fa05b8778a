import { describe, expect, test } from 'vitest'
import { deleteChannel, openChannel } from './channels.ts'
import { type ClusterNode, type ClusterOptions, ClusterWorld } from './cluster-world.fixture.ts'
import { callerOf } from './core-world.fixture.ts'
import { GateOutlet } from './gate-outlet.fixture.ts'
import { signal } from './signal.ts'
import { subscribe } from './subscribe.ts'
import { write } from './write.ts'

const channel = 'chat:a'
const deaf = { faults: { lost: 1 } }

/** Two nodes: `here` writes, `there` is read from. */
async function pair(options: ClusterOptions = {}) {
  const world = await new ClusterWorld(options).begin()
  return { world, here: world.node(0), there: world.node(1) }
}

async function put(node: ClusterNode, text: string, { collection = 'messages', recordId = text } = {}) {
  return await node.done(
    write(node.core, callerOf('ana', 'admin'), { op: 'put', channel, collection, recordId, data: { text } }),
  )
}

/** A reader from now on, and what it was sent: `op`, or of changes where they lead. */
async function reading(node: ClusterNode, name = channel, user = 'bob') {
  const outlet = new GateOutlet()
  const seen = { signals: true, presence: false, demand: false, counted: true }
  const options = { ...seen, onEnded: () => {}, onBroken: () => {} }
  const request = { channel: name, after: null, last: null }
  const { feed } = await node.done(subscribe(node.core, callerOf(user), request, outlet, options))
  feed.begin()
  const told = () => outlet.frames.map(({ json }) => JSON.parse(json) as { op: string; to?: number; reason?: string })
  return { outlet, heard: () => told().map(({ op, to, reason }) => to ?? reason ?? op) }
}

describe('by bells', () => {
  test('a change made elsewhere is there at once, without a read of the store', async () => {
    const { world, here, there } = await pair()
    await put(here, 'a')
    const { heard } = await reading(there)
    await put(here, 'b')
    await world.clock.settle()
    expect(heard()).toEqual([2])
    expect(there.held.count('changes')).toBe(0)
  })

  test('changes too large for a bell are read', async () => {
    const { world, here, there } = await pair()
    await put(here, 'a')
    const { heard } = await reading(there)
    await put(here, 'é'.repeat(20_000), { recordId: 'large' })
    await world.clock.pass(20)
    expect([heard(), there.held.count('changes')]).toEqual([[2], 1])
  })

  test('two nodes that write to one channel need no read where their bells cross', async () => {
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

  test('a bell that comes while the hub is being made is not lost', async () => {
    const { world, here, there } = await pair({ looks: false })
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

  test('a channel deleted elsewhere ends here, and one made anew since is not ended by a late bell', async () => {
    const { world, here, there } = await pair()
    await put(here, 'a')
    const { heard } = await reading(there)
    await here.done(deleteChannel(here.core, callerOf('root', 'admin'), channel))
    await world.clock.settle()
    expect(heard()).toEqual(['deleted'])
    await put(here, 'b')
    const again = await reading(there)
    here.core.backbone.ring({ kind: 'dropped', channel })
    await put(here, 'c')
    await world.clock.settle()
    expect(again.heard()).toEqual([2])
  })

  test('a signal reaches who asked for it on every node', async () => {
    const { world, here, there } = await pair()
    const { outlet } = await reading(there)
    await here.done(signal(here.core, callerOf('ana'), channel, () => ({ type: 'typing', data: { on: true } })))
    await world.clock.settle()
    const sent = { op: 'signal', channel, type: 'typing', data: { on: true }, user: 'ana' }
    expect(outlet.frames.map(({ json }) => JSON.parse(json))).toEqual([sent])
  })

  test('a node with no reader of a channel is not told of it', async () => {
    const { world, here, there } = await pair({ looks: false })
    await put(here, 'a')
    await world.clock.settle()
    expect(there.held.calls).toEqual([])
  })

  test('who lost a membership elsewhere is cut here in log order, and may not come back', async () => {
    const { world, here, there } = await pair({ looks: false })
    const admin = callerOf('root', 'admin')
    const team = 'team:a'
    const member = { channel: team, collection: 'members', recordId: 'bob' }
    const post = { op: 'create', channel: team, collection: 'messages', data: {} } as const
    await here.done(openChannel(here.core, admin, team, () => ({})))
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

describe('by looks, where bells are lost', () => {
  test('a lost last bell is healed with the next look', async () => {
    const { world, here, there } = await pair(deaf)
    await put(here, 'a')
    const { heard } = await reading(there)
    await put(here, 'b')
    await world.clock.pass(1020)
    expect(heard()).toEqual([2])
  })

  test('a channel deleted elsewhere ends here', async () => {
    const { world, here, there } = await pair(deaf)
    await put(here, 'a')
    const { heard } = await reading(there)
    await here.done(deleteChannel(here.core, callerOf('root', 'admin'), channel))
    await world.clock.pass(1000)
    expect(heard()).toEqual(['deleted'])
  })

  test('after a doubt the store is asked at once', async () => {
    const { world, here, there } = await pair({ ...deaf, looks: false })
    await put(here, 'a')
    const { heard } = await reading(there)
    await put(here, 'b')
    there.backbone.raiseDoubt()
    await world.clock.pass(20)
    expect(heard()).toEqual([2])
  })

  test('a store that is away is reported once; when it is back, every hub looks', async () => {
    const { world, here, there } = await pair(deaf)
    await put(here, 'a')
    await reading(there)
    world.touched.isAway = true
    await world.clock.pass(5000)
    expect(world.reports).toEqual(['looking what was touched: Error: the store is away'].flatMap((one) => [one, one]))
    const before = there.held.count('channel')
    world.touched.isAway = false
    await world.clock.pass(1000)
    expect(there.held.count('channel')).toBe(before + 1)
  })

  test('what is not touched costs no read', async () => {
    const { world, here, there } = await pair(deaf)
    await put(here, 'a')
    await reading(there)
    const before = there.held.calls.length
    await world.clock.pass(10_000)
    expect(there.held.calls).toHaveLength(before)
  })

  test('a head below the one known here is another log', async () => {
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

describe('revocations', () => {
  const caller = callerOf('bob', 'user', { session: 's1' })

  test('by a bell, at once', async () => {
    const { world, here, there } = await pair({ looks: false })
    await here.core.revocations.revoke('session', 's1')
    await world.clock.settle()
    expect([there.core.revocations.isRevoked(caller), there.cuts, here.cuts]).toEqual([true, 1, 0])
  })

  test('by a look, where the bell is lost', async () => {
    const { world, here, there } = await pair(deaf)
    await here.core.revocations.revoke('session', 's1')
    world.touched.touchRevocations()
    await world.clock.pass(1000)
    expect([there.core.revocations.isRevoked(caller), there.cuts]).toEqual([true, 1])
  })

  test('what could not be read is read with the next look, and reported once', async () => {
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
