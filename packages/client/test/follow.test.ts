import { describe, expect, test } from 'vitest'
import type { Client, Followed } from '../src/index.ts'
import { seeded, settle } from './support/fake-clock.ts'
import { world } from './support/world.ts'

const channel = 'chat:general'
const say = (text: string) => ({ op: 'create', collection: 'messages', data: { text } })

/** Takes what is followed, as fast as it comes or, while `held`, not at all. */
function taking(client: Client, after?: string) {
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
  // Looked at by the tests that expect an end.
  done.catch(() => undefined)
  const told = () => taken.map((each) => (each.type === 'reset' ? each.reason : `${each.from}-${each.to}`))
  const revs = () =>
    taken.flatMap((each) => (each.type === 'reset' ? [] : each.changes.map(({ record }) => record.rev)))
  return { taken, told, revs, done, held, stop: () => control.abort() }
}

describe.each(['websocket', 'sse', 'long-poll', 'poll'] as const)('following over %s', (transport) => {
  test('from now, every range joins the one before', async () => {
    const { clock, server, client } = world({ transport })
    server.commit(channel, 'bo', say('before'))
    client.channel(channel).collection('messages').live()
    const { told, revs, taken, done, stop } = taking(client)
    await clock.advance(3000)
    for (let n = 0; n < 3; n++) {
      server.commit(channel, 'bo', say(`m${n}`))
      await clock.advance(3000)
    }
    expect([told(), revs()]).toEqual([
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

  test('from a cursor, beside a view that holds more: what lies between is read', async () => {
    const { clock, server, client } = world({ transport })
    for (let n = 1; n <= 5; n++) server.commit(channel, 'bo', say(`m${n}`))
    const view = client.channel(channel).collection('messages').live()
    await clock.advance(3000)
    const { revs, done, stop } = taking(client, 'E1.2')
    await clock.advance(3000)
    server.commit(channel, 'bo', say('m6'))
    await clock.advance(3000)
    expect([revs(), view.records.length]).toEqual([[3, 4, 5, 6], 6])
    stop()
    await done
    client.close()
  })

  test('a log that began anew is told, and followed', async () => {
    const { clock, server, client } = world({ transport })
    server.commit(channel, 'bo', say('void'))
    client.channel(channel).collection('messages').live()
    const { told } = taking(client, '0')
    await clock.advance(3000)
    server.restartLog(channel)
    await clock.advance(5000)
    server.commit(channel, 'bo', say('anew'))
    await clock.advance(5000)
    expect(told().slice(0, 2)).toEqual(['0-1', 'epoch'])
    expect(told().at(-1)).toMatch(/-1$/)
    client.close()
  })
})

describe('following', () => {
  test('who is slow holds little, and is read on for', async () => {
    const { clock, server, client } = world()
    let release = (): void => undefined
    const { revs, taken, held } = taking(client)
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
    // Not all of it came in the frames.
    expect(server.requests.length).toBeGreaterThan(0)
    client.close()
  })

  test('over cuts, nothing is missing and nothing is twice', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seeded(seed)
      const { clock, server, client } = world({ seed })
      const { revs, taken } = taking(client, '0')
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

  test('it ends with the channel, with a refusal, with the client', async () => {
    const { clock, server, client, open } = world()
    server.commit(channel, 'bo', say('m'))
    const first = taking(client)
    await clock.advance(100)
    server.sockets[0]?.send({ op: 'ended', channel, reason: 'forbidden' })
    await clock.advance(100)
    await expect(first.done).rejects.toMatchObject({ code: 'forbidden' })
    const second = taking(client)
    await clock.advance(100)
    client.close()
    await settle()
    await expect(second.done).resolves.toBeUndefined()
    await expect(taking(open(), 'no cursor').done).rejects.toMatchObject({ code: 'invalid_cursor' })
    await clock.advance(0)
    expect(clock.pending).toBe(0)
  })
})
