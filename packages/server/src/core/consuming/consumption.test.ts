import { describe, expect, test } from 'vitest'
import { deaf, pair } from '../cluster/pair.fixture.ts'
import type { ClusterNode } from '../simulation/cluster-world.fixture.ts'
import { callerOf } from '../simulation/core-world.fixture.ts'
import { deleteChannel } from '../write/channels.ts'
import { write } from '../write/write.ts'
import { deleteConsumer, inspectConsumer, openConsumer, resetConsumer } from './consumers.ts'
import type { ConsumedPage } from './page.ts'
import { cursorWithin } from './read-parts.ts'

const service = callerOf('backend', 'service')
const name = 'mail'

async function put(node: ClusterNode, channel: string, text: string): Promise<void> {
  const command = { op: 'put', channel, collection: 'messages', recordId: text, data: { text } } as const
  await node.done(write(node.core, callerOf('ana', 'admin'), command))
}

/** Two nodes that share a consumer of `chat:*` from the beginning. */
async function consumed() {
  const { world, here, there } = await pair(deaf)
  await here.done(openConsumer(here.core, service, { name, pattern: 'chat:*', from: 'beginning' }))
  return { world, here, there, leaseMs: here.core.limits.leaseSeconds * 1000 }
}

function next(node: ClusterNode, worker: string, { changes = 100, channels = 10 } = {}): Promise<ConsumedPage> {
  return node.done(node.core.consumptions.of(name).next(service, { worker, changes, channels }))
}

function heard({ channels }: ConsumedPage): string[] {
  return channels
    .map((part) => ('ended' in part ? `${part.channel} ${part.ended}` : `${part.channel} ${part.from}-${part.to}`))
    .sort()
}

function acknowledge(node: ClusterNode, { lease, channels }: ConsumedPage): Promise<void> {
  return node.done(node.core.consumptions.of(name).acknowledge(lease, channels))
}

describe('the workers of a consumer', () => {
  test('[CON3] a channel is given to one worker at a time, here and on other nodes', async () => {
    const { world, here, there } = await consumed()
    for (const channel of ['chat:a', 'chat:b', 'chat:c']) await put(here, channel, 'one')
    await world.clock.pass(1020)
    const first = await next(here, 'w1', { channels: 2 })
    const [second, third] = [await next(here, 'w2'), await next(there, 'w3')]
    expect([first, second, third].map(({ channels }) => channels.length)).toEqual([2, 1, 0])
    expect(heard({ ...first, channels: [...first.channels, ...second.channels] })).toEqual([
      'chat:a 0-1',
      'chat:b 0-1',
      'chat:c 0-1',
    ])
  })

  test('[CON4] what was acknowledged is not given again, and what came meanwhile is given next', async () => {
    const { here } = await consumed()
    await put(here, 'chat:a', 'one')
    const first = await next(here, 'w1')
    await put(here, 'chat:a', 'two')
    expect(heard(await next(here, 'w2'))).toEqual([])
    await acknowledge(here, first)
    const second = await next(here, 'w2')
    expect(heard(second)).toEqual(['chat:a 1-2'])
    await acknowledge(here, second)
    expect(heard(await next(here, 'w2'))).toEqual([])
  })

  test('[CON4] a channel with more than a page is given on, page after page', async () => {
    const { here } = await consumed()
    for (const text of ['one', 'two', 'three']) await put(here, 'chat:a', text)
    const pages: string[] = []
    for (const worker of ['w1', 'w2', 'w3']) {
      const page = await next(here, worker, { changes: 1 })
      pages.push(...heard(page))
      await acknowledge(here, page)
    }
    expect(pages).toEqual(['chat:a 0-1', 'chat:a 1-2', 'chat:a 2-3'])
  })

  test.each(['here', 'there'] as const)('[CON5] when a lease ends, a worker %s goes on', async (where) => {
    const { world, leaseMs, ...nodes } = await consumed()
    const { here } = nodes
    for (const text of ['one', 'two']) await put(here, 'chat:a', text)
    const lost = await next(here, 'w1', { changes: 1 })
    await acknowledge(here, lost)
    const dead = await next(here, 'w1')
    expect(heard(dead)).toEqual(['chat:a 1-2'])
    const node = nodes[where]
    expect(heard(await next(node, 'w2'))).toEqual([])
    await world.clock.pass(leaseMs - 1000)
    expect(heard(await next(node, 'w2'))).toEqual([])
    await world.clock.pass(2000)
    expect(heard(await next(node, 'w2'))).toEqual(['chat:a 1-2'])
    await expect(acknowledge(here, dead)).rejects.toMatchObject({ code: 'lease_lost' })
  })

  test('[CON5] a worker that renews its lease keeps its channels', async () => {
    const { world, leaseMs, here, there } = await consumed()
    await put(here, 'chat:a', 'one')
    const page = await next(here, 'w1')
    for (const _ of [1, 2, 3]) {
      await world.clock.pass(leaseMs - 1000)
      await here.done(here.core.consumptions.of(name).renew(page.lease))
      expect([heard(await next(here, 'w2')), heard(await next(there, 'w3'))]).toEqual([[], []])
    }
    await acknowledge(here, page)
    await expect(here.done(here.core.consumptions.of(name).renew(page.lease))).rejects.toMatchObject({
      code: 'lease_lost',
    })
  })

  test('[CON6] what is released is given again, after its delay, and holds no other channel', async () => {
    const { world, here, there } = await consumed()
    for (const channel of ['chat:a', 'chat:b']) await put(here, channel, 'one')
    await world.clock.pass(1020)
    const { lease } = await next(here, 'w1')
    const consumption = here.core.consumptions.of(name)
    const releases = [
      { channel: 'chat:a', delayMs: 60_000 },
      { channel: 'chat:b', delayMs: 0 },
    ]
    await here.done(consumption.release(lease, releases))
    expect(heard(await next(there, 'w2'))).toEqual(['chat:b 0-1'])
    await world.clock.pass(59_000)
    expect(heard(await next(here, 'w1')).includes('chat:a 0-1')).toBe(false)
    await world.clock.pass(2000)
    expect(heard(await next(here, 'w1'))).toContain('chat:a 0-1')
  })

  test('[CON4] a part of what was given can be acknowledged, and the rest stays held', async () => {
    const { world, leaseMs, here } = await consumed()
    for (const text of ['one', 'two', 'three']) await put(here, 'chat:a', text)
    const page = await next(here, 'w1')
    const [part] = page.channels
    if (part === undefined || !('changes' in part)) throw new Error('no changes were given')
    const cursor = cursorWithin(part, 1)
    const consumption = here.core.consumptions.of(name)
    await here.done(consumption.acknowledge(page.lease, [{ channel: 'chat:a', cursor, keep: true }]))
    expect(heard(await next(here, 'w2'))).toEqual([])
    await world.clock.pass(leaseMs + 1000)
    expect(heard(await next(here, 'w2'))).toEqual(['chat:a 1-3'])
  })

  test('[CON4] what is left of a channel that is freed after a part of it is given next', async () => {
    const { here } = await consumed()
    for (const text of ['one', 'two', 'three']) await put(here, 'chat:a', text)
    const page = await next(here, 'w1')
    const [part] = page.channels
    if (part === undefined || !('epoch' in part)) throw new Error('no changes were given')
    const consumption = here.core.consumptions.of(name)
    await here.done(consumption.acknowledge(page.lease, [{ channel: 'chat:a', cursor: cursorWithin(part, 1) }]))
    const rest = await next(here, 'w1')
    expect(heard(rest)).toEqual(['chat:a 1-3'])
    await acknowledge(here, rest)
    expect(heard(await next(here, 'w1'))).toEqual([])
  })

  test('[CON7] a position ahead of the log is a reset once, and what is then acknowledged counts', async () => {
    const { here } = await consumed()
    for (const text of ['one', 'two', 'three']) await put(here, 'chat:a', text)
    const page = await next(here, 'w1')
    const [part] = page.channels
    if (part === undefined || !('epoch' in part)) throw new Error('no changes were given')
    const consumption = here.core.consumptions.of(name)
    await here.done(consumption.acknowledge(page.lease, [{ channel: 'chat:a', cursor: `${part.epoch}.9` }]))
    const again = await next(here, 'w1')
    expect(again.channels).toMatchObject([{ channel: 'chat:a', reset: 'ahead', from: 0, to: 3 }])
    await acknowledge(here, again)
    await put(here, 'chat:a', 'four')
    expect(heard(await next(here, 'w1'))).toEqual(['chat:a 3-4'])
  })
})

describe('a consumer', () => {
  test('[CON1] from now on, it is given what comes later, and channels that are made later from their beginning', async () => {
    const { here } = await pair(deaf)
    await put(here, 'chat:a', 'one')
    await here.done(openConsumer(here.core, service, { name, pattern: 'chat:*', from: 'now' }))
    expect(heard(await next(here, 'w1'))).toEqual([])
    await put(here, 'chat:a', 'two')
    await put(here, 'chat:b', 'one')
    expect(heard(await next(here, 'w1'))).toEqual(['chat:a 1-2', 'chat:b 0-1'])
  })

  test('[CON8] a worker that waits is resumed by a change on this node at once, on another within a second', async () => {
    const { world, here, there } = await consumed()
    await world.clock.pass(1020)
    const resumed: string[] = []
    for (const [node, worker] of [
      [here, 'w1'],
      [there, 'w2'],
    ] as const) {
      await next(node, worker)
      void node.core.consumptions
        .of(name)
        .touched()
        .then(() => resumed.push(worker))
    }
    await put(here, 'chat:a', 'one')
    expect(resumed).toEqual(['w1'])
    await world.clock.pass(1020)
    expect(resumed).toEqual(['w1', 'w2'])
  })

  test('[CON7] a channel that is deleted, and one that is made anew, is given as a follower is', async () => {
    const { world, here } = await consumed()
    for (const channel of ['chat:a', 'chat:b']) await put(here, channel, 'one')
    await acknowledge(here, await next(here, 'w1'))
    for (const channel of ['chat:a', 'chat:b'])
      await here.done(deleteChannel(here.core, callerOf('root', 'admin'), channel))
    await put(here, 'chat:b', 'new')
    await world.clock.pass(1020)
    const page = await next(here, 'w1')
    expect(heard(page)).toEqual(['chat:a deleted', 'chat:b 0-1'])
    expect(page.channels.find(({ channel }) => channel === 'chat:b')).toMatchObject({ reset: 'epoch' })
    await acknowledge(here, page)
    expect(await here.core.consumers.positions(name)).toHaveLength(1)
  })

  test.each(['here', 'there'] as const)(
    '[CON9] a reset %s begins anew on every node, and ends leases',
    async (where) => {
      const { world, ...nodes } = await consumed()
      const { here } = nodes
      await put(here, 'chat:a', 'one')
      await acknowledge(here, await next(here, 'w1'))
      await put(here, 'chat:a', 'two')
      const held = await next(here, 'w1')
      const node = nodes[where]
      await node.done(resetConsumer(node.core, service, name, 'beginning'))
      await expect(acknowledge(here, held)).rejects.toMatchObject({ code: 'lease_lost' })
      await world.clock.pass(5100)
      expect(heard(await next(here, 'w1'))).toEqual(['chat:a 0-2'])
    },
  )

  test('[CON9] a consumer that was deleted on another node is not found', async () => {
    const { world, here, there } = await consumed()
    await put(here, 'chat:a', 'one')
    const held = await next(here, 'w1')
    await there.done(deleteConsumer(there.core, service, name))
    await expect(acknowledge(here, held)).rejects.toMatchObject({ code: 'lease_lost' })
    await world.clock.pass(5100)
    await expect(next(here, 'w1')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('[CON2] it reports how far it has come, and who holds channels', async () => {
    const { here } = await consumed()
    for (const text of ['one', 'two']) await put(here, 'chat:a', text)
    await put(here, 'chat:b', 'one')
    await acknowledge(here, await next(here, 'w1', { changes: 1 }))
    const page = await next(here, 'w2', { channels: 1 })
    expect(page.channels).toHaveLength(1)
    expect(await here.done(inspectConsumer(here.core, service, name))).toMatchObject({
      consumer: { name, pattern: 'chat:*' },
      channels: 2,
      behind: 2,
      lag: 2,
      workers: [{ worker: 'w2', channels: 1 }],
    })
  })

  test('[CON1] another pattern under the same name, and one consumer too many, is refused', async () => {
    const { here } = await consumed()
    const open = (as: string, pattern: string) =>
      here.done(openConsumer(here.core, service, { name: as, pattern, from: 'now' }))
    await expect(open(name, 'team:*')).rejects.toMatchObject({ code: 'exists' })
    expect((await open(name, 'chat:*')).made).toBe(false)
    for (let count = 1; count < here.core.limits.consumers; count++) await open(`other${count}`, 'chat:*')
    await expect(open('more', 'chat:*')).rejects.toMatchObject({ code: 'too_many_subscriptions' })
  })

  test('[CON2] users and guests use none', async () => {
    const { here } = await consumed()
    for (const caller of [callerOf('bob'), callerOf('guest', 'guest')]) {
      await expect(here.core.consumptions.of(name).next(caller, { worker: 'w', changes: 1 })).rejects.toMatchObject({
        code: 'forbidden',
      })
      await expect(inspectConsumer(here.core, caller, name)).rejects.toMatchObject({ code: 'forbidden' })
    }
  })
})
