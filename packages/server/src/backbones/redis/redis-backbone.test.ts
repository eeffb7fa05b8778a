import { type RedisService, startRedis } from 'dovetail-lab/services'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { backboneContract, cutContract } from '../../ports/backbone.contract.ts'
import { advanced, dropped, Subscriber } from '../../ports/backbone.fixture.ts'
import { systemClock } from '../../runtime/system-clock.ts'
import { answering } from '../shared/answering.fixture.ts'
import { openRedisBackbone } from './redis-backbone.ts'

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

/** As `openPair`, for the tests that are in no contract. */
async function opened() {
  const pair = await openPair()
  onTestFinished(async () => {
    await pair.near.close()
    await pair.far.close()
  })
  return { ...pair, subscriber: new Subscriber(pair.far) }
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
  test('a connection that Redis closes for being too slow is replaced, with all its subscriptions, and reports a gap', async () => {
    const { near, subscriber } = await opened()
    for (let i = 0; i < 600; i++) void subscriber.listen(`chat:${i}`)
    await subscriber.listen('chat:last')
    await command('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await subscriber.gapsReach(1)
    for (const channel of ['chat:0', 'chat:599', 'chat:last']) near.publish(dropped(channel))
    for (const channel of ['chat:0', 'chat:599', 'chat:last'])
      await subscriber.received(
        channel,
        (notification) => notification.kind === 'dropped' && notification.channel === channel,
      )
  })

  test('a Redis connection that no longer answers is replaced within seconds, and notifications published meanwhile are lost', async () => {
    const { near, far, subscriber } = await opened()
    await subscriber.listen('chat:a')
    redis.pause()
    const began = performance.now()
    for (let head = 1; head <= 20_000; head++) near.publish(advanced('chat:a', head, ['x'.repeat(1000)]))
    await subscriber.listen('chat:new')
    await expect(far.probe()).rejects.toThrow()
    expect(performance.now() - began).toBeLessThan(20_000)
    redis.resume()
    await subscriber.gapsReach(1)
    await subscriber.receivedInTheEnd(near, dropped('chat:new'))
  })

  test('Redis sends notifications of a channel only to nodes that listen to it', async () => {
    const { near, subscriber, url } = await opened()
    const stop = await subscriber.listen('chat:a')
    const name = `${new URL(url).searchParams.get('prefix')}:0:channel:chat:a`
    expect(await command('PUBSUB', 'NUMSUB', name)).toEqual([name, 1])
    stop()
    await subscriber.listen('chat:b')
    await answering(near)
    await expect.poll(() => command('PUBSUB', 'NUMSUB', name)).toEqual([name, 0])
    expect(await command('PUBSUB', 'NUMPAT')).toBe(0)
  })

  test('backbones on two databases of one Redis receive nothing from each other', async () => {
    const [zero, one] = [
      await openRedisBackbone(`${redis.url}/0`, options),
      await openRedisBackbone(`${redis.url}/1`, options),
    ]
    onTestFinished(async () => {
      await zero.close()
      await one.close()
    })
    const subscriber = new Subscriber(one)
    zero.publish({ kind: 'revoked' })
    await answering(zero)
    await answering(one)
    expect(subscriber.notifications).toEqual([])
  })

  test('a Redis address where nothing answers, or with a wrong password, is refused at once', async () => {
    await expect(openRedisBackbone('redis://127.0.0.1:1', options)).rejects.toThrow(/ECONNREFUSED/)
    const wrong = redis.url.replace('//', '//nobody:secret@')
    const error = await openRedisBackbone(wrong, options).catch((cause: unknown) => cause)
    expect(String(error)).toMatch(/WRONGPASS/)
    expect(String(error)).not.toMatch(/secret/)
  })
})
