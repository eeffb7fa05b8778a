import { type Postgres, type RedisService, startPostgres, startRedis } from 'dovetail-lab/services'
import { afterAll, beforeAll } from 'vitest'

export interface PostgresAndRedis {
  readonly postgres: Postgres
  readonly redis: RedisService
}

/** Both, for the tests of one file: there from before the first to after the last. */
export function postgresAndRedis(): PostgresAndRedis {
  let running: PostgresAndRedis | undefined
  beforeAll(async () => {
    const [postgres, redis] = await Promise.all([startPostgres(), startRedis()])
    running = { postgres, redis }
  })
  afterAll(async () => {
    await Promise.all([running?.postgres.stop(), running?.redis.stop()])
  })
  const there = (): PostgresAndRedis => {
    if (running === undefined) throw new Error('PostgreSQL and Redis are there within tests only')
    return running
  }
  return {
    get postgres() {
      return there().postgres
    },
    get redis() {
      return there().redis
    },
  }
}
