import { expect, test } from 'vitest'
import { openMemoryBackbone } from '../../backbones/memory/memory-backbone.ts'
import { openMemoryStore } from '../../stores/memory/memory-store.ts'
import type { NamespaceConfig } from '../access/policy.ts'
import { compilePolicies } from '../access/policy.ts'
import { DeclaredStore } from '../schema/declared-store.ts'
import { type CoreWorld, callerOf, coreWorld } from '../simulation/core-world.fixture.ts'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { deleteChannel, openChannel } from '../write/channels.ts'
import { write } from '../write/write.ts'
import { UnusedChannels } from './unused-channels.ts'

const ana = callerOf('ana', 'admin')
const ben = callerOf('ben')
const hour = 3_600_000

const namespaces: Readonly<Record<string, NamespaceConfig>> = {
  chat: { keepEmpty: '24h', collections: { messages: {}, members: { id: ({ user }) => String(user) } } },
  plain: { keepEmpty: '24h', collections: { messages: {}, notes: {} } },
  kept: { keepEmpty: 'forever', collections: { messages: {} } },
  usual: { collections: { messages: {} } },
  team: { visibility: 'private', collections: { messages: {}, members: { id: ({ user }) => String(user) } } },
}

function node(world: CoreWorld) {
  const unused = new UnusedChannels(world.core)
  return {
    ...world,
    unused,
    run: () => world.done(unused.run()),
    open: (channel: string, body = {}) => world.done(openChannel(world.core, ana, channel, null, () => body)),
    put: (channel: string, id: string, data: object = {}, collection = 'messages') =>
      world.done(write(world.core, ana, { op: 'put', channel, collection, recordId: id, data })),
    remove: (channel: string, id: string, collection = 'messages') =>
      world.done(write(world.core, ana, { op: 'delete', channel, collection, recordId: id })),
    names: async () => (await world.store.channels({ prefix: '', after: '', limit: 100 })).map(({ name }) => name),
  }
}

const alone = () => node(coreWorld({ config: { channels: namespaces } }))

test('[RET5] a public channel with nothing but its owner goes when its time is over, and its name is free again', async () => {
  const { open, run, names, clock, done, core } = alone()
  for (const name of ['chat:a', 'plain:a', 'kept:a', 'usual:a', 'team:a']) await open(name)
  const before = await done(openChannel(core, ben, 'chat:b', null, () => ({ title: 'Ours' })))
  await open('chat:hidden', { visibility: 'private' })
  clock.jump(23 * hour)
  expect([await run(), (await names()).length]).toEqual([0, 7])
  clock.jump(hour)
  expect([await run(), await names()]).toEqual([3, ['chat:hidden', 'kept:a', 'team:a', 'usual:a']])
  const again = await open('chat:b')
  expect([again.made, again.channel.title, again.channel.epoch === before.channel.epoch]).toEqual([
    true,
    undefined,
    false,
  ])
  clock.jump(48 * hour)
  expect([await run(), await names()]).toEqual([2, ['chat:hidden', 'kept:a', 'team:a']])
})

test('[RET5] where users could not open a channel again, it is kept unless the namespace says otherwise', () => {
  const keptOf = (create: NamespaceConfig['create'], keepEmpty?: NamespaceConfig['keepEmpty']) => {
    const chat = { ...(create && { create }), ...(keepEmpty && { keepEmpty }), collections: {} }
    return compilePolicies({ channels: { chat } }).namespaces.get('chat')?.keepEmptyMs
  }
  expect([keptOf('service'), keptOf(['service', 'admin']), keptOf('nobody')]).toEqual([null, null, null])
  expect([keptOf(undefined), keptOf(['service', 'user']), keptOf(() => true)]).toEqual([
    72 * hour,
    72 * hour,
    72 * hour,
  ])
  expect(keptOf('service', '24h')).toBe(24 * hour)
})

test('[RET5] a channel stays that has a record, another member, or a reader', async () => {
  const { open, put, run, names, clock, done, core } = alone()
  for (const name of ['chat:record', 'chat:member', 'chat:read', 'plain:record']) await open(name)
  await put('chat:record', 'a')
  await put('plain:record', 'a', {}, 'notes')
  await put('chat:member', 'ben', { user: 'ben', role: 'member' }, 'members')
  const hub = await done(core.hubs.open('chat:read'))
  Object.defineProperty(hub, 'readers', { value: 1, configurable: true })
  clock.jump(100 * hour)
  expect([await run(), (await names()).length]).toEqual([0, 4])
  Object.defineProperty(hub, 'readers', { value: 0 })
  expect([await run(), await names()]).toEqual([1, ['chat:member', 'chat:record', 'plain:record']])
})

test('[RET5] the time of a channel that is empty again counts from its last change', async () => {
  const { put, remove, run, names, clock } = alone()
  await put('plain:a', 'a')
  clock.jump(100 * hour)
  expect(await run()).toBe(0)
  await remove('plain:a', 'a')
  clock.jump(23 * hour)
  expect(await run()).toBe(0)
  clock.jump(2 * hour)
  expect([await run(), await names()]).toEqual([1, []])
})

test('[RET5] a write that comes between keeps the channel', async () => {
  const { open, put, run, names, store, clock } = alone()
  await open('plain:a')
  clock.jump(100 * hour)
  const drop = store.drop.bind(store)
  store.drop = async (...values) => {
    await store.commit([
      {
        ...{ channel: 'plain:a', at: clock.now(), make: false, membersRev: null },
        writes: [{ collection: 'messages', recordId: 'a', effect: 'put', data: '{}', author: 'ana', expectRev: 0 }],
      },
    ])
    return drop(...values)
  }
  expect([await run(), await names()]).toEqual([0, ['plain:a']])
  store.drop = drop
  expect(await run()).toBe(0)
  await put('plain:a', 'b')
})

test('[RET5] records of a collection that has left the configuration keep their channel', async () => {
  const stored = openMemoryStore()
  const clock = new HandClock()
  const before = node(coreWorld({ store: stored, clock, config: { channels: namespaces } }))
  await before.put('plain:a', 'a', {}, 'notes')
  const config = { channels: { plain: { keepEmpty: '24h', collections: { messages: {} } } } }
  const store = new DeclaredStore(stored, compilePolicies(config))
  const after = node(coreWorld({ store, clock, config }))
  clock.jump(100 * hour)
  expect([await after.run(), await after.names()]).toEqual([0, ['plain:a']])
})

test('[RET5] of two nodes one deletes, and tells the other', async () => {
  const shared = { store: openMemoryStore(), backbone: openMemoryBackbone(), clock: new HandClock() }
  const nodes = ['a', 'b'].map((idPrefix) => node(coreWorld({ ...shared, idPrefix, config: { channels: namespaces } })))
  const [first, second] = nodes
  if (first === undefined || second === undefined) throw new Error('there are two nodes')
  for (let number = 0; number < 20; number++) await first.open(`plain:${number}`)
  shared.clock.jump(100 * hour)
  const dropped: string[] = []
  shared.backbone.publish = (notification) => {
    if (notification.kind === 'dropped') dropped.push(notification.channel)
  }
  const counts = await first.done(Promise.all(nodes.map(({ unused }) => unused.run())))
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(20)
  expect([dropped.length, new Set(dropped).size]).toEqual([20, 20])
  expect(await first.names()).toEqual([])
})

test('[RET5] a channel that is used is read again only after a change', async () => {
  const { open, put, run, store, clock } = alone()
  await open('plain:a')
  await put('plain:a', 'a')
  clock.jump(100 * hour)
  let pages = 0
  const page = store.page.bind(store)
  store.page = (query) => {
    pages++
    return page(query)
  }
  await run()
  expect(pages).toBeGreaterThan(0)
  pages = 0
  await run()
  expect(pages).toBe(0)
})

test('[RET5] a stop ends the rest, and a deletion by hand counts once', async () => {
  const { open, unused, run, clock, core, done } = alone()
  await open('plain:a')
  await done(deleteChannel(core, ana, 'plain:a'))
  clock.jump(100 * hour)
  expect(await run()).toBe(0)
  for (let number = 0; number < 30; number++) await open(`plain:${number}`)
  clock.jump(100 * hour)
  const running = unused.run()
  await clock.pass(15)
  await unused.stop()
  expect(await running).toBeLessThan(30)
})

test.each(['', '3', '0d', '100 records', '1 record', 3, null])(
  '[RET5] keepEmpty: %j is refused at start',
  (keepEmpty) => {
    const config = { channels: { chat: { keepEmpty: keepEmpty as string, collections: {} } } }
    expect(() => compilePolicies(config)).toThrow('"chat.keepEmpty" must be a time such as "3d", or "forever"')
  },
)
