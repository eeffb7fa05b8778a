import type { Change, SearchReply } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Socket } from '../../support/clients/socket.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { type Server, serving, stores } from '../../support/servers/serving.ts'
import {
  byLongPoll,
  byPoll,
  bySocket,
  byStream,
  type ChannelReader,
  type ReadTransport,
  revOf,
} from '../../support/transports/channel-readers.ts'
import { awaitLater } from '../../support/until.ts'

/** Writes one message after the other, each as soon as the one before is acknowledged, until the test is over. */
async function writing(server: Server, user: string, channel: string): Promise<{ stop(): Promise<number> }> {
  const socket = await server.connect(user)
  let isOver = false
  let last = 0
  const loop = async () => {
    while (!isOver) {
      const { record } = await socket.ok<{ record: { rev: number } }>('create', {
        channel,
        collection: 'messages',
        data: { text: 'x'.repeat(2000) },
      })
      last = record.rev
    }
    return last
  }
  const done = loop()
  const stop = () => {
    isOver = true
    return done
  }
  onTestFinished(async () => void (await stop()))
  return { stop }
}

async function teamOf(server: Server, ...members: readonly string[]): Promise<string> {
  const channel = freshChannel('team')
  const olga = await server.rest('olga')
  await olga.put(`/v1/channels/${channel}`, {})
  for (const user of members) await olga.post(at(channel, 'members'), { user, role: 'member' })
  return channel
}

/** A socket that takes nothing from the line until `ended` is asked for: what was queued for it comes then. */
const byPausedSocket: ReadTransport = {
  name: 'paused socket',
  start: async (server, start) => {
    let paused: Socket | undefined
    const reading = await bySocket.start(
      { ...server, connect: async (...who) => (paused = await server.connect(...who)) },
      start,
    )
    return {
      ...reading,
      reached: async (rev) => {
        if (rev === 0) return reading.reached(0)
        const ranges = await reading.reached(rev)
        paused?.pause()
        return ranges
      },
      ended: () => {
        paused?.resume()
        return reading.ended()
      },
    }
  },
}

const endOf: Readonly<Record<string, string>> = { 'long-poll': 'not_found', 'short poll': 'not_found' }

async function expectCut(reading: ChannelReader, kickedAt: number): Promise<void> {
  const ranges = await reading.reached(0)
  const revs = ranges.flatMap(({ changes }) => changes.map(({ record }: Change) => record.rev))
  expect(revs).toEqual([...revs].sort((a, b) => a - b))
  expect(Math.max(...revs, ...ranges.map(({ to }) => to))).toBeLessThanOrEqual(kickedAt)
  ranges.slice(1).forEach(({ from }, index) => {
    expect(from).toBe(ranges[index]?.to)
  })
}

const readTransports = [bySocket, byPausedSocket, byStream, byLongPoll, byPoll]
const blows = {
  removed: (rest: Awaited<ReturnType<Server['rest']>>, path: string) => rest.delete(path),
  banned: (rest: Awaited<ReturnType<Server['rest']>>, path: string, user: string) =>
    rest.put(path, { user, role: 'banned' }),
}

describe.each(stores)('a kick while others write, %s store', (store) => {
  const server = serving({ store, limits: { commands: 100_000, commandsBurst: 100_000 } })

  test.each(Object.keys(blows) as (keyof typeof blows)[])(
    '[WSK23, RDG17, TOK9] a user who is %s receives nothing that was committed afterwards, on any transport',
    { timeout: 60_000 },
    async (blow) => {
      const channel = await teamOf(server, 'ann', 'ben', 'vic')
      const writers = await Promise.all(['ann', 'ben'].map((user) => writing(server, user, channel)))
      const start = { channel, after: '0', user: 'vic' }
      const readings = await Promise.all(readTransports.map((transport) => transport.start(server, start)))
      await Promise.all(readings.map((reading) => reading.reached(20)))
      const ends = awaitLater(Promise.all(readings.map((reading) => reading.ended())))
      const olga = await server.rest('olga')
      const kick = await blows[blow](olga, at(channel, 'members', 'vic'), 'vic')
      const kickedAt = revOf(String(kick.headers['dovetail-at']))
      expect(await ends).toEqual(readTransports.map(({ name }) => endOf[name] ?? 'forbidden'))
      const witness = await bySocket.start(server, { channel, after: '0', user: 'olga' })
      await witness.reached(kickedAt + 20)
      const lasts = await Promise.all(writers.map(({ stop }) => stop()))
      expect(Math.min(...lasts)).toBeGreaterThan(kickedAt)
      for (const reading of readings) await expectCut(reading, kickedAt)
      const vic = await server.connect('vic')
      expect((await vic.refused('subscribe', { channel, after: '0' })).code).toBe('not_found')
      for (const reading of [...readings, witness]) reading.close()
    },
  )

  test('[TOK9] a write of a user who is being kicked is before the kick or refused', async () => {
    const channel = await teamOf(server, 'vic')
    const [olga, vic] = [await server.rest('olga'), await server.connect('vic')]
    const writes = Array.from({ length: 50 }, () =>
      vic.command<{ record: { rev: number } }>('create', { channel, collection: 'messages', data: { text: 'a' } }),
    ).map(awaitLater)
    const kick = await olga.delete(at(channel, 'members', 'vic'))
    const kickedAt = revOf(String(kick.headers['dovetail-at']))
    for (const reply of await Promise.all(writes)) {
      if ('ok' in reply) expect(reply.ok.record.rev).toBeLessThan(kickedAt)
      else expect(reply.error.code).toBe('not_found')
    }
  })
})

describe('a kick while the store searches', () => {
  let release = () => {}
  let asked: (() => void) | null = null
  /** Lets the test wait for a search, and continue it. */
  const turn = async (): Promise<void> => {
    if (asked === null) return
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    asked()
    await released
  }
  const server = serving({
    adapters: {
      store: (inner) =>
        new Proxy(inner, {
          get: (target, name) => {
            const member: unknown = Reflect.get(target, name)
            if (typeof member !== 'function') return member
            const run = (...given: unknown[]): unknown => Reflect.apply(member, target, given)
            return name === 'search' ? (...given: unknown[]) => turn().then(() => run(...given)) : run
          },
        }),
    },
  })

  test.each(['', '&channel='])(
    '[SEA10] a kicked user’s search does not find what was written after the kick (%s)',
    async (narrow) => {
      const channel = await teamOf(server, 'vic')
      const [olga, vic] = [await server.rest('olga'), await server.rest('vic')]
      const searching = new Promise<void>((resolve) => {
        asked = resolve
      })
      const answer = awaitLater(vic.get<SearchReply>(`/v1/search?q=later${narrow === '' ? '' : narrow + channel}`))
      await searching
      asked = null
      await olga.delete(at(channel, 'members', 'vic'))
      await olga.post(at(channel), { text: 'later' })
      release()
      const { status, text } = await answer
      expect(status).toBe(narrow === '' ? 200 : 404)
      expect(text).not.toContain('"text":"later"')
    },
  )
})
