import { expect, test } from 'vitest'
import { compilePolicies } from '../access/policy.ts'
import { callerOf, coreWorld } from '../simulation/core-world.fixture.ts'
import { write } from '../write/write.ts'
import { Retention } from './retention.ts'

const day = 86_400_000
const ana = callerOf('ana', 'admin')

function retaining(retain: string, collection?: string) {
  const messages = collection === undefined ? {} : { retain: collection }
  const channels = { chat: { retain, collections: { messages, notes: {}, members: { write: 'user' as const } } } }
  const world = coreWorld({ config: { channels: { ...channels, chatter: { collections: { messages: {} } } } } })
  const retention = new Retention(world.core)
  return {
    ...world,
    retention,
    run: () => world.done(retention.run()),
    create: (channel: string, name: string, text: string, padding = '') =>
      world.done(
        write(world.core, ana, { op: 'put', channel, collection: name, recordId: text, data: { text, padding } }),
      ),
    left: async (channel: string, name: string) => {
      const query = { channel, collection: name, from: { after: 0 }, limit: 1000, bytes: 1e9 }
      return (await world.store.page(query))?.records.map(({ id }) => id)
    },
  }
}

test('[RET1] records that are older than their time are deleted, in the order of the log, and leave tombstones', async () => {
  const { create, run, left, clock, store } = retaining('2d')
  for (const text of ['a', 'b']) await create('chat:x', 'messages', text)
  await create('chat:x', 'notes', 'n')
  await create('chat:x', 'members', 'ana')
  await create('chatter:x', 'messages', 'other')
  clock.jump(day)
  await create('chat:x', 'messages', 'c')
  expect(await run()).toBe(0)
  clock.jump(day + 1000)
  expect(await run()).toBe(3)
  expect([await left('chat:x', 'messages'), await left('chat:x', 'notes')]).toEqual([['c'], []])
  expect([await left('chat:x', 'members'), await left('chatter:x', 'messages')]).toEqual([['ana'], ['other']])
  const read = await store.changes({ channel: 'chat:x', after: 5, limit: 10, bytes: 1e6 })
  expect(read?.changes.map(({ id, rev, deleted }) => [id, rev, deleted])).toEqual([
    ['a', 6, true],
    ['b', 7, true],
    ['n', 8, true],
  ])
})

test('[RET2] of so many records the newest are kept; what a collection says counts before its namespace', async () => {
  const { create, run, left } = retaining('forever', '3 records')
  for (let number = 1; number <= 7; number++) await create('chat:x', 'messages', `m${number}`)
  for (let number = 1; number <= 5; number++) await create('chat:x', 'notes', `n${number}`)
  expect(await run()).toBe(4)
  expect(await left('chat:x', 'messages')).toEqual(['m5', 'm6', 'm7'])
  expect((await left('chat:x', 'notes'))?.length).toBe(5)
  expect(await run()).toBe(0)
})

test('[RET3] they go in groups of a hundred', async () => {
  const { create, retention, run, left, clock, core, done } = retaining('1d')
  for (let number = 0; number < 250; number++) await create('chat:x', 'messages', `m${number}`)
  clock.jump(day + 60_000)
  const running = retention.run()
  const before = core.groups.durable.counts.units
  await done(running)
  expect(core.groups.durable.counts.units - before).toBe(3)
  expect(await left('chat:x', 'messages')).toEqual([])
  await create('chat:x', 'messages', 'm0')
  clock.jump(-day)
  expect(await run()).toBe(0)
})

test('[RET3] large records go in smaller groups, all of them in one round', async () => {
  const { create, run, clock } = retaining('1d')
  for (let number = 0; number < 60; number++) await create('chat:x', 'messages', `m${number}`, 'x'.repeat(50_000))
  clock.jump(day + 60_000)
  expect(await run()).toBe(60)
})

test('[RET3] a stop ends the rest, and what was begun is done', async () => {
  const { create, retention, clock, left } = retaining('1d')
  for (let number = 0; number < 250; number++) await create('chat:x', 'messages', `m${number}`)
  clock.jump(day + 60_000)
  const running = retention.run()
  while ((await left('chat:x', 'messages'))?.length === 250) await clock.pass(1)
  await retention.stop()
  expect(await running).toBeLessThan(250)
  expect((await left('chat:x', 'messages'))?.length).toBeGreaterThan(0)
})

test.each(['', '90', '0d', 'd', '90 days', '1.5d', '0 records', '-1d', 90, null])(
  '[RET1] retain: %j is refused at start',
  (retain) => {
    const config = { channels: { chat: { retain: retain as string, collections: {} } } }
    expect(() => compilePolicies(config)).toThrow('"chat.retain" must be a time such as "90d"')
  },
)
