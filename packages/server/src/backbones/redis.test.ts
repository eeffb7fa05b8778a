import { type RedisService, startRedis } from '@dovetail/lab/services'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { backboneContract, cutContract } from '../ports/backbone.contract.ts'
import { advanced, dropped, Ear } from '../ports/backbone.fixture.ts'
import { systemClock } from '../system-clock.ts'
import { openRedisBackbone } from './redis.ts'

let redis: RedisService
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

const reports: string[] = []
const options = {
  clock: systemClock,
  report: (error: unknown, doing: string) => reports.push(`${doing}: ${(error as Error).message}`),
}

let prefixes = 0
async function openPair() {
  const url = `${redis.url}?prefix=test${++prefixes}`
  const [near, far] = await Promise.all([openRedisBackbone(url, options), openRedisBackbone(url, options)])
  return { near, far, url }
}

/** As `openPair`, for tests of their own. */
async function opened() {
  const pair = await openPair()
  onTestFinished(async () => {
    await pair.near.close()
    await pair.far.close()
  })
  return { ...pair, ear: new Ear(pair.far) }
}

async function command(...args: string[]) {
  const client = await createClient({ url: redis.url }).connect()
  try {
    return await client.sendCommand(args)
  } finally {
    client.destroy()
  }
}

backboneContract('the Redis backbone', openPair)

cutContract('the Redis backbone, killed', async () => {
  const pair = await openPair()
  const cut = async () => {
    await redis.kill()
    return () => redis.restart()
  }
  return { ...pair, cut }
})

describe('the Redis backbone', () => {
  test('a connection that Redis cuts, as it cuts those that are too slow, is made anew, with all its subscriptions, and doubts', async () => {
    const { near, ear } = await opened()
    for (let i = 0; i < 600; i++) void ear.listen(`chat:${i}`)
    await ear.listen('chat:last')
    await command('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await ear.doubtsReach(1)
    for (const channel of ['chat:0', 'chat:599', 'chat:last']) near.ring(dropped(channel))
    for (const channel of ['chat:0', 'chat:599', 'chat:last'])
      await ear.heard(channel, (bell) => bell.kind === 'dropped' && bell.channel === channel)
  })

  test('one that no longer answers is given up within seconds, and what is rung meanwhile is not kept', async () => {
    const { near, far, ear } = await opened()
    await ear.listen('chat:a')
    redis.pause()
    const began = performance.now()
    for (let head = 1; head <= 20_000; head++) near.ring(advanced('chat:a', head, ['x'.repeat(1000)]))
    await ear.listen('chat:new')
    await expect(far.probe()).rejects.toThrow()
    expect(performance.now() - began).toBeLessThan(20_000)
    redis.resume()
    await ear.doubtsReach(1)
    await ear.heardInTheEnd(near, dropped('chat:new'))
  })

  test('traffic follows interest: a channel that nobody listens to is sent to nobody', async () => {
    const { near, ear, url } = await opened()
    const stop = await ear.listen('chat:a')
    const name = `${new URL(url).searchParams.get('prefix')}:0:channel:chat:a`
    expect(await command('PUBSUB', 'NUMSUB', name)).toEqual([name, 1])
    stop()
    await ear.listen('chat:b')
    await near.probe()
    await expect.poll(() => command('PUBSUB', 'NUMSUB', name), { timeout: 20_000 }).toEqual([name, 0])
    expect(await command('PUBSUB', 'NUMPAT')).toBe(0)
  })

  test('databases of one Redis do not hear each other', async () => {
    const [zero, one] = [
      await openRedisBackbone(`${redis.url}/0`, options),
      await openRedisBackbone(`${redis.url}/1`, options),
    ]
    onTestFinished(async () => {
      await zero.close()
      await one.close()
    })
    const ear = new Ear(one)
    zero.ring({ kind: 'revoked' })
    await zero.probe()
    await one.probe()
    expect(ear.bells).toEqual([])
  })

  test('an address where nothing answers, or a password that is wrong, is refused at once', async () => {
    await expect(openRedisBackbone('redis://127.0.0.1:1', options)).rejects.toThrow(/ECONNREFUSED/)
    const wrong = redis.url.replace('//', '//nobody:secret@')
    const error = await openRedisBackbone(wrong, options).catch((cause: unknown) => cause)
    expect(String(error)).toMatch(/WRONGPASS/)
    expect(String(error)).not.toMatch(/secret/)
  })
})
