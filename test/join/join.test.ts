import { describe, expect, test } from 'vitest'
import { spawnServer } from '../support/spawn-server.ts'
import { runJoin } from './run-join.ts'

/** `JOIN_SEED=…` plays a seed again that a failure named. */
const seed = Number(process.env.JOIN_SEED ?? Date.now() % 1_000_000)

describe('the join, under kill -9', () => {
  test(`4 writers, 30 readers, two kills: every view is the fresh read (seed ${seed})`, {
    timeout: 180_000,
  }, async () => {
    const server = await spawnServer()
    const complaints = await runJoin({ seed, server, writers: 4, writesEach: 250, readers: 30, kills: 2 })
    expect(complaints.slice(0, 20), `seed ${seed}`).toEqual([])
  })
})
