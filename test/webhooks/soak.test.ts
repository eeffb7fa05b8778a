/** A webhook for a long time: a receiver that fails at random and goes away now and then, while channels are written to. */
import { setTimeout as pause } from 'node:timers/promises'
import { SeededRandom } from 'dovetail-lab/check'
import { expect, test } from 'vitest'
import { at } from '../support/paths.ts'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { Receiver } from './receiver.ts'
import { withWebhook } from './with-webhook.ts'

const seed = Number(process.env.SEED ?? 1)
/** `npm run soak -- 60 webhooks` says an hour; a round of the soak of everything takes five minutes of it. */
const seconds = process.env.SOAK === '1' ? Number(process.env.SOAK_MINUTES ?? 5) * 60 : 6
const channels = Array.from({ length: 12 }, (_none, index) => `chat:soak-${index}`)
/** A channel waits a second and longer after each failure: so much it can deliver. */
const writesOfASecond = 2
/** How long a row of failures may hold back what was written last: nine of them make the next wait more than eight minutes. */
const settleMs = process.env.SOAK === '1' ? 1_800_000 : 300_000

test('[WHK4, WHK8] a receiver that fails a third of all requests and goes away loses nothing, and each channel is in order', {
  timeout: seconds * 1000 + 2 * settleMs,
}, async () => {
  const random = new SeededRandom(seed)
  const receiver = new Receiver({ seed, failing: 33 })
  await receiver.start()
  const spawned = await spawnServer({ args: await withWebhook(receiver) })
  const client = await spawned.server.rest('alice')
  const written = new Map(channels.map((channel) => [channel, 0]))
  const endAt = performance.now() + seconds * 1000
  let goesAwayAt = performance.now() + 2000
  while (performance.now() < endAt) {
    const channel = channels[Math.floor(random.next() * channels.length)] ?? ''
    const { status } = await client.post(at(channel), { text: String(written.get(channel)) })
    expect(status).toBe(201)
    written.set(channel, (written.get(channel) ?? 0) + 1)
    if (performance.now() >= goesAwayAt) {
      await receiver.goAway()
      await pause(random.next() * 3000)
      await receiver.start()
      goesAwayAt = performance.now() + 5000 + random.next() * 30_000
    }
    await pause(1000 / writesOfASecond)
  }
  for (const [channel, count] of written) {
    const all = Array.from({ length: count }, (_none, index) => index + 1)
    await expect.poll(() => receiver.revisions(channel), { timeout: settleMs, interval: 500 }).toEqual(all)
  }
  expect(receiver.forged).toBe(0)
  const total = [...written.values()].reduce((sum, count) => sum + count, 0)
  process.stderr.write(`· ${total} events in ${seconds} s, ${receiver.accepted.length} accepted, seed ${seed}\n`)
})
