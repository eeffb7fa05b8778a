/** The rights that docs/scaling.md names for users of Redis are enough, and are needed [P7]. */
import { readFile } from 'node:fs/promises'
import { type RedisService, startRedis } from 'dovetail-lab/services'
import type { Page } from 'dovetail-protocol'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openBackbone } from '../../packages/server/src/open.ts'
import { systemClock } from '../../packages/server/src/runtime/system-clock.ts'
import { at, freshChannel } from '../support/paths.ts'
import { startServer } from '../support/servers/serving.ts'

let redis: RedisService
beforeAll(async () => {
  redis = await startRedis()
  const page = await readFile(new URL('../../docs/scaling.md', import.meta.url), 'utf8')
  const users = [...page.matchAll(/^user (dovetail-\w+ .*)$/gm)].map(([, rule = '']) => rule)
  expect(users).toHaveLength(2)
  const admin = await createClient({ url: redis.url }).connect()
  for (const rule of users) await admin.sendCommand(['ACL', 'SETUSER', ...rule.split(' ')])
  admin.destroy()
})
afterAll(() => redis.stop())

const urlOf = (user: string) => redis.url.replace('redis://', `redis://${user}:PASSWORD@`)

describe('a user of Redis with the documented rights', () => {
  test('[P7] serves memory namespaces, presence, the number of readers and shared limits', async () => {
    const server = await startServer({ memory: urlOf('dovetail-memory') })
    onTestFinished(() => server.stop())
    const channel = freshChannel('prices')
    const backend = await server.rest('backend', { role: 'service' })
    for (const price of [1, 2]) {
      const { status } = await backend.put(at(channel, 'quotes', 'ACME'), { symbol: 'ACME', price })
      expect(status).toBeLessThan(300)
    }
    expect((await backend.get<Page>(at(channel, 'quotes'))).body.records).toHaveLength(1)
    expect((await backend.delete(at(channel, 'quotes', 'ACME'))).status).toBe(204)
    const socket = await server.connect('ana')
    const chat = freshChannel()
    const { presence } = await socket.subscribe(chat, { presence: true })
    expect(presence?.map(({ user }) => user)).toEqual(['ana'])
    await socket.ok('state', { channel: chat, state: { typing: true } })
    expect((await (await server.rest()).post('/v1/guests', {})).status).toBe(201)
    await expect
      .poll(async () => (await backend.get<{ readers: number }>(`/v1/channels/${chat}`)).body.readers, {
        timeout: 20_000,
      })
      .toBe(1)
    expect((await backend.get('/readyz')).status).toBe(200)
  })

  test('[P7] carries notifications between nodes', async () => {
    const options = { clock: systemClock, report: () => {} }
    const [near, far] = await Promise.all([
      openBackbone(urlOf('dovetail-backbone'), options),
      openBackbone(urlOf('dovetail-backbone'), options),
    ])
    onTestFinished(async () => {
      await near.close()
      await far.close()
    })
    await near.probe()
    await far.probe()
    const stop = await far.listen('chat:a')
    stop()
  })

  test('[P7] is refused in one line where it lacks one of them', async () => {
    const admin = await createClient({ url: redis.url }).connect()
    onTestFinished(() => admin.destroy())
    const rules = 'on >PASSWORD ~{dovetail}:* -@all +@connection +@read +@write +@scripting +time'
    await admin.sendCommand(['ACL', 'SETUSER', 'no-info', ...rules.split(' ')])
    await expect(startServer({ memory: urlOf('no-info') })).rejects.toThrow(
      /^memory: redis:\/\/[^\n]*NOPERM[^\n]*'info'[^\n]*$/,
    )
  })
})
