import type { LiveRecord, Page } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'
import { awaitLater } from '../../support/until.ts'

/** Pseudo-random numbers of a seed (mulberry32), so that a failing run can be run again. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe.each(stores)('B01, %s store', (store) => {
  const server = serving({ store, limits: { commands: 100_000, commandsBurst: 100_000 } })

  async function run(seed: number): Promise<void> {
    const random = randomOf(seed)
    const channel = freshChannel()
    const writer = await server.rest('writer')
    const write = (n: number) => writer.post<LiveRecord>(at(channel), { text: `${n}` })
    for (let n = 1; n <= 10; n++) await write(n)
    const page = (await (await server.rest()).get<Page>(at(channel))).body
    expect(page.cursor).toMatch(/\.10$/)
    await write(11)
    await pause(random() * 50)
    await write(12)
    const socket = await server.connect()
    const subscribed = awaitLater(socket.subscribe(channel, { after: String(page.cursor) }))
    const during = awaitLater(random() < 0.5 ? write(13) : pause(random() * 5).then(() => write(13)))
    await subscribed
    await write(14)
    await during
    const frames = await socket.reached(channel, 14)
    const revs = frames.flatMap(({ changes }) => changes.map(({ record }) => record.rev))
    expect([seed, revs]).toEqual([seed, [11, 12, 13, 14]])
    expect(frames[0]?.from).toBe(10)
    socket.close(1000)
  }

  test('[PRM2, WSK11] B01: changes written during a subscribe arrive once and in order', {
    timeout: 120_000,
  }, async () => {
    for (let group = 0; group < 20; group++) {
      await Promise.all(Array.from({ length: 10 }, (_, n) => run(group * 10 + n + 1)))
    }
  })
})
