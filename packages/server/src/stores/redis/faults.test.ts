import { type RedisOptions, startRedis } from 'dovetail-lab/services'
import { createClient } from 'redis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Store, StoreUnavailable } from '../../ports/store.ts'
import { commit, create, general, noon, outcomeOf, recordOf, unit } from '../../ports/store-contract/store.fixture.ts'
import { systemClock } from '../../runtime/system-clock.ts'
import { openRedisStore } from './open.ts'

const patience = { interval: 50 }

async function world(options: RedisOptions = {}) {
  const redis = await startRedis(options)
  onTestFinished(() => redis.stop())
  const open = async (more: { readonly answerMs?: number } = {}) => {
    const store = await openRedisStore({ url: redis.url, clock: systemClock, report: () => {}, ...more })
    onTestFinished(() => store.close())
    return store
  }
  const command = async (...args: string[]) => {
    const client = await createClient({ url: redis.url }).connect()
    try {
      return await client.sendCommand(args)
    } finally {
      client.destroy()
    }
  }
  return { redis, open, command }
}

const isAway = async (store: Store) => {
  await expect.poll(() => outcomeOf(store, unit([create('never')])).then(() => 'there', errorOf), patience).toBe('away')
}
const errorOf = (error: unknown) => (error instanceof StoreUnavailable ? 'away' : String(error))
const isBack = async (store: Store) => {
  await expect.poll(() => store.channel(general).then(() => 'there', errorOf), patience).toBe('there')
}

describe('a Redis that lost everything', () => {
  test('a store whose Redis lost everything is unavailable while Redis is down, and continues as another incarnation', async () => {
    const { redis, open } = await world()
    const store = await open()
    const before = await commit(store, create('a'))
    const { mark } = await store.touched(null)
    await redis.kill()
    await isAway(store)
    await redis.restart()
    await expect.poll(() => store.touched(mark).catch(errorOf), patience).toMatchObject({ lost: true })
    // A deletion is not reported before the loss was handled.
    await expect(store.channel(general)).rejects.toThrow(StoreUnavailable)
    expect((await store.touched((await store.touched(mark)).mark)).lost).toBeUndefined()
    expect(await store.channel(general)).toBeNull()
    const after = await commit(store, create('a'))
    expect([after.head, after.epoch === before.epoch]).toEqual([1, false])
  })

  test('a store whose Redis is emptied by a command continues as another incarnation, and refuses writes that expect the old one', async () => {
    const { open, command } = await world()
    const store = await open()
    const { mark } = await store.touched(null)
    const before = await commit(store, create('a'))
    await command('FLUSHALL')
    await expect
      .poll(() => outcomeOf(store, unit([create('b')])).then(({ kind }) => kind, errorOf), patience)
      .toBe('committed')
    const after = await store.channel(general)
    expect([after?.head, after?.epoch === before.epoch]).toEqual([1, false])
    expect(await store.touched(mark)).toMatchObject({ lost: true })
  })
})

describe('a Redis that kept its data', () => {
  test('a store gives new epochs after a restart of Redis, which may have lost the last commits', async () => {
    const { redis, open } = await world({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] })
    const [store, other] = [await open(), await open()]
    const before = await commit(store, create('a'))
    const { mark } = await other.touched(null)
    await redis.restart()
    await isBack(store)
    await isBack(other)
    const facts = await store.channel(general)
    expect([facts?.head, facts?.epoch === before.epoch]).toEqual([1, false])
    expect(await recordOf(store, 'a')).not.toBeNull()
    // All nodes have the same epoch, and are notified of it.
    expect((await other.channel(general))?.epoch).toBe(facts?.epoch)
    expect((await other.touched(mark)).lost).toBe(true)
  })

  test('a store gives new epochs after its Redis was a replica, and refuses writes while Redis is one', async () => {
    const { open, command } = await world()
    const { redis: primary } = await world()
    const store = await open()
    const before = await commit(store, create('a'))
    await command('REPLICAOF', '127.0.0.1', String(primary.port))
    await isAway(store)
    await command('REPLICAOF', 'NO', 'ONE')
    // Whether or not it has copied the other server's data by now.
    await expect.poll(() => store.touched(null).then(() => 'there', errorOf), patience).toBe('there')
    await isBack(store)
    const after = await commit(store, create('b'))
    expect(after.epoch).not.toBe(before.epoch)
  })
})

describe('a Redis that hangs', () => {
  test('a store whose Redis hangs is unavailable after its time limit, and an unanswered write happens once, as its key shows', async () => {
    const { redis, open } = await world()
    const store = await open({ answerMs: 300 })
    const { epoch } = await commit(store, create('a'))
    const keyed = { ...create('b'), key: { key: 'k', fingerprint: 'f' } }
    redis.pause()
    await expect(commit(store, keyed)).rejects.toThrow(StoreUnavailable)
    redis.resume()
    await isBack(store)
    const again = await commit(store, keyed)
    expect(['created', 'replayed']).toContain(again.results[0]?.kind)
    expect(await store.channel(general)).toMatchObject({ head: 2, epoch })
  })
})

describe('the memory of Redis', () => {
  test('a Redis that evicts keys when its memory is full is refused at the start', async () => {
    const { open } = await world({ args: ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'] })
    await expect(open()).rejects.toThrow('its maxmemory-policy is "allkeys-lru"')
  })

  test('a Redis that is part of a Redis Cluster is refused at the start', async () => {
    const { open } = await world({ args: ['--cluster-enabled', 'yes'] })
    await expect(open()).rejects.toThrow('it runs as "cluster"')
  })

  test('a Redis whose memory is full accepts no write, not even in part, and still serves reads', async () => {
    const { open, command } = await world()
    const store = await open()
    await commit(store, create('a'))
    await command('CONFIG', 'SET', 'maxmemory', '1')
    await expect(commit(store, create('b'), create('c'))).rejects.toThrow(StoreUnavailable)
    expect(await store.channel(general)).toMatchObject({ head: 1, createdAt: noon })
    await command('CONFIG', 'SET', 'maxmemory', '0')
    expect((await commit(store, create('b'), create('c'))).head).toBe(3)
  })
})

describe('what runs in Redis', () => {
  test('a script that Redis no longer knows is sent again', async () => {
    const { open, command } = await world()
    const store = await open()
    await commit(store, create('a'))
    await command('SCRIPT', 'FLUSH')
    expect((await commit(store, create('b'))).head).toBe(2)
  })
})
