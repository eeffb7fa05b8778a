import { describe, expect, test } from 'vitest'
import { channel, say, textsOf } from './support/chat.ts'
import { world } from './support/world.ts'

describe('a live view that stays open for long', () => {
  test('[N32] a live view holds a bounded number of rows, and can load the oldest again', async () => {
    const { clock, server, client } = world()
    for (let i = 1; i <= 100; i += 1) server.commit(channel, 'bo', say(`m${i}`))
    const view = client.channel(channel).collection('messages').live({ limit: 10, maxRows: 20 })
    await clock.advance(10)
    void view.loadOlder(30)
    await clock.advance(10)
    let most = 0
    for (let i = 101; i <= 400; i += 1) {
      server.commit(channel, 'bo', say(`m${i}`))
      await clock.advance(2)
      most = Math.max(most, view.records.length)
    }
    expect([most, view.hasOlder, textsOf(view).at(-1)]).toEqual([50, true, 'm400'])
    const before = view.records.length
    void view.loadOlder(10)
    await clock.advance(10)
    expect(view.records.length).toBe(before + 10)
    const positions = view.records.map(({ record }) => record?.pos ?? 0)
    expect(positions).toEqual(positions.map((_, index) => 400 - positions.length + 1 + index))
    client.close()
  })

  test('[N32] a change after 20,000 others costs at most three times as much as one after few', async () => {
    const { clock, server, client } = world()
    const view = client.channel(channel).collection('messages').live({ limit: 50 })
    await clock.advance(10)
    let drawn = 0
    view.subscribe(() => {
      drawn += view.records.length
    })
    const messages = Array.from({ length: 500 }, (_, index) => say(`m${index}`))
    /** The ms that 500 changes take, the least of four runs. */
    const cost = async () => {
      let least = Number.POSITIVE_INFINITY
      for (let attempt = 0; attempt < 4; attempt += 1) {
        for (const each of messages) server.commit(channel, 'bo', each)
        const startedAt = performance.now()
        await clock.advance(2)
        least = Math.min(least, performance.now() - startedAt)
      }
      return least
    }
    const first = await cost()
    for (let batch = 0; batch < 36; batch += 1) {
      for (const each of messages) server.commit(channel, 'bo', each)
      await clock.advance(2)
    }
    expect(await cost()).toBeLessThan(3 * first)
    expect([view.records.length <= 500, drawn > 0]).toEqual([true, true])
    client.close()
  })
})
