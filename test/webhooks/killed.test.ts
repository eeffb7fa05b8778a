/** Webhooks beside faults: receivers that fail at random or are away, and nodes that are killed. */
import { describe, expect, test } from 'vitest'
import { postgresAndRedis } from '../cluster/postgres-and-redis.ts'
import { at } from '../support/paths.ts'
import type { Server } from '../support/servers/serving.ts'
import { type Spawned, spawnServer } from '../support/servers/spawn-server.ts'
import { Receiver } from './receiver.ts'
import { withWebhook } from './with-webhook.ts'

const seed = Number(process.env.SEED ?? 1)
/** In a soak, for longer. */
const rounds = process.env.SOAK === '1' ? 40 : 3
const writesOfARound = 6
/** A third of the requests fail, and each failure of an event doubles its delay: a row of them takes its time. */
const patient = { timeout: 240_000 }
const channels = ['chat:a', 'chat:b', 'chat:c']
const services = postgresAndRedis()

async function writeAll({ rest }: Pick<Server, 'rest'>, texts: number): Promise<void> {
  const client = await rest('alice')
  for (let text = 0; text < texts; text++)
    for (const channel of channels) expect((await client.post(at(channel), { text: `${text}` })).status).toBe(201)
}

/** Every revision arrives, and none before one of its channel that is older. */
async function expectAll(receiver: Receiver, writes: number): Promise<void> {
  const all = Array.from({ length: writes }, (_, index) => index + 1)
  for (const channel of channels) await expect.poll(() => receiver.revisions(channel), patient).toEqual(all)
  expect(receiver.forged).toBe(0)
}

describe('a receiver that fails a third of all requests, at random', () => {
  test('[WHK4, WHK5] with kill -9 of the server in between, nothing is lost and each channel is in order', {
    timeout: 900_000,
  }, async () => {
    const receiver = new Receiver({ seed, failing: 33 })
    await receiver.start()
    let spawned = await spawnServer({ args: await withWebhook(receiver) })
    for (let round = 0; round < rounds; round++) {
      await writeAll(spawned.server, writesOfARound)
      await spawned.kill('SIGKILL')
      spawned = await spawned.restart()
    }
    await expectAll(receiver, rounds * writesOfARound)
  })

  test('[WHK5] of two nodes one is killed: the other one delivers its channels', { timeout: 900_000 }, async () => {
    const receiver = new Receiver({ seed, failing: 33 })
    await receiver.start()
    const store = await services.postgres.createDatabase(`webhooks_${Date.now()}`)
    const args = [...(await withWebhook(receiver)), '--store', store]
    const nodes: Spawned[] = [await spawnServer({ args }), await spawnServer({ args })]
    for (let round = 0; round < rounds; round++) {
      const [survivor, victim] = round % 2 === 0 ? [0, 1] : [1, 0]
      const writing = writeAll(nodes[survivor]?.server as Server, writesOfARound)
      await nodes[victim]?.kill('SIGKILL')
      await writing
      await expectAll(receiver, (round + 1) * writesOfARound)
      nodes[victim] = (await nodes[victim]?.restart()) as Spawned
    }
  })
})

describe('a receiver that is away', () => {
  test('[WHK4, WHK5] loses nothing, also where the server is started anew meanwhile', {
    timeout: 900_000,
  }, async () => {
    const receiver = new Receiver()
    await receiver.start()
    const spawned = await spawnServer({ args: await withWebhook(receiver) })
    await writeAll(spawned.server, 1)
    await expectAll(receiver, 1)
    await receiver.goAway()
    await writeAll(spawned.server, writesOfARound)
    const root = await spawned.server.rest('root', { role: 'admin' })
    const failing = async () =>
      (await root.get<{ webhooks: { failingChannels: number }[] }>('/v1/webhooks')).body.webhooks[0]?.failingChannels
    await expect.poll(failing, patient).toBeGreaterThan(0)
    await spawned.kill('SIGTERM')
    const next = await spawned.restart()
    await writeAll(next.server, 1)
    await receiver.start()
    await expectAll(receiver, writesOfARound + 2)
  })
})
