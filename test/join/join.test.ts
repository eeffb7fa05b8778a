import { describe, expect, test } from 'vitest'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { RawReader } from './raw-reader.ts'
import type { ReaderOptions } from './reader.ts'
import { runJoin } from './run-join.ts'
import { makeSdkReader } from './sdk-reader.ts'

/** `SEED=…` plays another one, as `npm run soak` does. */
const seed = Number(process.env.SEED ?? 1)

const kinds = {
  raw: (options: ReaderOptions) => new RawReader(options),
  SDK: (options: ReaderOptions) => makeSdkReader(options),
}

describe.each(Object.entries(kinds))('the join under kill -9, %s readers', (_kind, makeReader) => {
  test(`[PRM2, PRM3, PRM4, PRM6, PRM7, PRM8] 4 writers, 30 readers, two kills: every view is the fresh read (seed ${seed})`, {
    timeout: 180_000,
  }, async () => {
    const server = await spawnServer()
    const complaints = await runJoin({ seed, server, writers: 4, writesEach: 250, readers: 30, kills: 2, makeReader })
    expect(complaints.slice(0, 20), `seed ${seed}`).toEqual([])
  })
})
