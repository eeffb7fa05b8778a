import { describe, expect, test } from 'vitest'
import type { Client, Followed } from '../src/index.ts'
import { channel, say } from './support/chat.ts'
import { seeded, settle } from './support/fake-clock.ts'
import { world } from './support/world.ts'

/** Collects the items of `follow` as fast as they arrive, or none while `held` is set. */
function followAll(client: Client, after?: string) {
  const control = new AbortController()
  const taken: Followed[] = []
  const followed = client.channel(channel).follow({ signal: control.signal, ...(after === undefined ? {} : { after }) })
  const held = { until: Promise.resolve() }
  const done = (async () => {
    for await (const each of followed) {
      taken.push(each)
      await held.until
    }
  })()
  // The tests that expect an end read this promise.
  done.catch(() => undefined)
  const described = () => taken.map((each) => (each.type === 'reset' ? each.reason : `${each.from}-${each.to}`))
  const revs = () =>
    taken.flatMap((each) => (each.type === 'reset' ? [] : each.changes.map(({ record }) => record.rev)))
  return { taken, described, revs, done, held, stop: () => control.abort() }
}

describe.each(['websocket', 'sse', 'long-poll', 'poll'] as const)('following over %s', (transport) => {
  test('follow without a cursor begins now, and every range begins where the one before ended', async () => {
    const { clock, server, client } = world({ transport })
    server.commit(channel, 'bo', say('before'))
    client.channel(channel).collection('messages').live()
    const { described, revs, taken, done, stop } = followAll(client)
    await clock.advance(3000)
    for (let n = 0; n < 3; n++) {
      server.commit(channel, 'bo', say(`m${n}`))
      await clock.advance(3000)
    }
    expect([described(), revs()]).toEqual([
      ['1-2', '2-3', '3-4'],
      [2, 3, 4],
    ])
    expect(taken.at(-1)).toMatchObject({ cursor: 'E1.4' })
    stop()
    await done
    client.close()
    await clock.advance(0)
    expect(clock.pending).toBe(0)
  })

  test("follow from a cursor below an open view's reads the changes in between", async () => {
    const { clock, server, client } = world({ transport })
    for (let n = 1; n <= 5; n++) server.commit(channel, 'bo', say(`m${n}`))
    const view = client.channel(channel).collection('messages').live()
    await clock.advance(3000)
    const { revs, done, stop } = followAll(client, 'E1.2')
    await clock.advance(3000)
    server.commit(channel, 'bo', say('m6'))
    await clock.advance(3000)
    expect([revs(), view.records.length]).toEqual([[3, 4, 5, 6], 6])
    stop()
    await done
    client.close()
  })

  test('follow reports a log that began anew as a reset, and goes on in the new one', async () => {
    const { clock, server, client } = world({ transport })
    server.commit(channel, 'bo', say('void'))
    client.channel(channel).collection('messages').live()
    const { described } = followAll(client, '0')
    await clock.advance(3000)
    server.restartLog(channel)
    await clock.advance(5000)
    server.commit(channel, 'bo', say('anew'))
    await clock.advance(5000)
    expect(described().slice(0, 2)).toEqual(['0-1', 'epoch'])
    expect(described().at(-1)).toMatch(/-1$/)
    client.close()
  })
})

describe('follow', () => {
  test('[P1] follow reports a log restored from a copy in the same epoch as a reset, and misses no later change', async () => {
    const { clock, server, client } = world()
    for (const text of ['m1', 'm2']) server.commit(channel, 'bo', say(text))
    const putBack = server.log(channel).backUp()
    for (const text of ['lost 1', 'lost 2']) server.commit(channel, 'bo', say(text))
    const { described, revs } = followAll(client, '0')
    await clock.advance(100)
    putBack()
    server.resetReaders(channel, 'ahead')
    for (const text of ['m3', 'm4', 'm5']) server.commit(channel, 'bo', say(text))
    await clock.advance(5000)
    expect([described(), revs()]).toEqual([
      ['0-4', 'ahead', '2-3', '3-4', '4-5'],
      [1, 2, 3, 4, 3, 4, 5],
    ])
    client.close()
  })

  test('[P1] follow reports a reset for a cursor above the end of the log, and none for one that is only above the subscription', async () => {
    const { clock, server, client } = world()
    for (const text of ['m1', 'm2', 'm3']) server.commit(channel, 'bo', say(text))
    const newer = followAll(client, 'E1.9')
    await clock.advance(100)
    expect(newer.described()).toEqual(['ahead'])
    server.log(channel).write('bo', say('not announced'))
    const above = followAll(client, 'E1.4')
    await clock.advance(100)
    server.commit(channel, 'bo', say('m5'))
    await clock.advance(5000)
    expect(above.revs()).toEqual([5])
    expect(above.described()).not.toContain('ahead')
    client.close()
  })

  test('follow holds few changes for a slow consumer, and reads the rest from the log', async () => {
    const { clock, server, client } = world()
    let release = (): void => undefined
    const { revs, taken, held } = followAll(client)
    await clock.advance(100)
    held.until = new Promise((resolve) => {
      release = resolve
    })
    for (let n = 0; n < 2500; n++) server.commit(channel, 'bo', say(`m${n}`))
    await clock.advance(100)
    expect(taken.length).toBe(1)
    held.until = Promise.resolve()
    release()
    await clock.advance(1000)
    expect(revs()).toEqual(Array.from({ length: 2500 }, (_, n) => n + 1))
    // Some changes came by REST reads, not in frames.
    expect(server.requests.length).toBeGreaterThan(0)
    client.close()
  })

  test('follow loses and repeats no change over lost connections', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seeded(seed)
      const { clock, server, client } = world({ seed })
      const { revs, taken } = followAll(client, '0')
      for (let n = 0; n < 60; n++) {
        if (random() < 0.6) server.commit(channel, 'bo', say(`m${n}`))
        if (random() < 0.1) server.cut()
        await clock.advance(random() * 400)
      }
      await clock.advance(60_000)
      const { head } = server.log(channel)
      expect([seed, revs()]).toEqual([seed, Array.from({ length: head }, (_, n) => n + 1)])
      const ranges = taken.flatMap((each) => (each.type === 'changes' ? [each] : []))
      expect([seed, ranges.every(({ from }, i) => from === (ranges[i - 1]?.to ?? 0))]).toEqual([seed, true])
      client.close()
    }
  })

  test('follow ends when the channel is deleted, when reading is refused, and when the client closes', async () => {
    const { clock, server, client, open } = world()
    server.commit(channel, 'bo', say('m'))
    const first = followAll(client)
    await clock.advance(100)
    server.sockets[0]?.send({ op: 'ended', channel, reason: 'forbidden' })
    await clock.advance(100)
    await expect(first.done).rejects.toMatchObject({ code: 'forbidden' })
    const second = followAll(client)
    await clock.advance(100)
    client.close()
    await settle()
    await expect(second.done).resolves.toBeUndefined()
    await expect(followAll(open(), 'no cursor').done).rejects.toMatchObject({ code: 'invalid_cursor' })
    await clock.advance(0)
    expect(clock.pending).toBe(0)
  })
})
