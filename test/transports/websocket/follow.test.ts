import { randomBytes } from 'node:crypto'
import type { PatternReply } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { tokenFor } from '../../support/servers/token-for.ts'

const staff = { role: 'service' } as const

/** How far each channel was told, without a gap and a repeat. */
function joined(pages: readonly PatternReply[]): Map<string, number> {
  const heads = new Map<string, number>()
  for (const part of pages.flatMap(({ channels }) => channels)) {
    if (!('changes' in part)) throw new Error(`${part.channel} ended`)
    expect([part.channel, part.from, part.changes.length]).toEqual([
      ...[part.channel, heads.get(part.channel) ?? 0, part.to - part.from],
    ])
    heads.set(part.channel, part.to)
  }
  return heads
}

describe('following a pattern on a socket', () => {
  const server = serving()
  const ana = () => server.rest('ana')

  test('[FOL14] the reply comes first, then an event with the cursor, also where nothing is new', async () => {
    const socket = await server.connect('worker', staff)
    expect(await socket.ok('follow', { pattern: 'chat:none-*' })).toEqual({})
    const first = await socket.next('followed')
    expect(first).toEqual({ op: 'followed', pattern: 'chat:none-*', channels: [], cursor: first.cursor, more: false })
    expect(first.cursor).toMatch(/^1/)
    const [, reply, event] = socket.frames
    expect([Object.keys(reply ?? {}), event?.op]).toEqual([['id', 'ok'], 'followed'])
  })

  test('[FOL14] a second follow of a pattern replaces the first, and unfollow ends it; others go on', async () => {
    const [socket, writer] = [await server.connect('worker', staff), await ana()]
    await writer.post(at('chat:repl-a'), { text: '1' })
    await socket.ok('follow', { pattern: 'chat:repl-*', after: '0' })
    await socket.next('followed')
    await socket.ok('follow', { pattern: 'chat:repl-*' })
    await socket.ok('follow', { pattern: 'chat:repl-a' })
    await socket.next('followed')
    await socket.next('followed')
    await writer.post(at('chat:repl-a'), { text: '2' })
    const both = [await socket.next('followed'), await socket.next('followed')]
    expect(both.map(({ pattern }) => pattern).sort()).toEqual(['chat:repl-*', 'chat:repl-a'])
    expect(await socket.ok('unfollow', { pattern: 'chat:repl-*' })).toEqual({})
    await writer.post(at('chat:repl-a'), { text: '3' })
    expect((await socket.next('followed')).pattern).toBe('chat:repl-a')
    await writer.post(at('chat:repl-a'), { text: '4' })
    expect((await socket.next('followed')).pattern).toBe('chat:repl-a')
    expect(socket.events('followed').map(({ channels }) => channels.length)).toEqual([1, 0, 0, 1, 1, 1, 1])
    expect(await socket.ok('unfollow', { pattern: 'chat:never-*' })).toEqual({})
  })

  test('[FOL14] a channel and patterns that match it are followed beside each other', async () => {
    const [socket, writer] = [await server.connect('worker', staff), await ana()]
    await socket.subscribe('chat:beside')
    await socket.ok('follow', { pattern: 'chat:beside' })
    await socket.next('followed')
    await writer.post(at('chat:beside'), { text: '1' })
    expect((await socket.next('changes')).to).toBe(1)
    expect((await socket.next('followed')).channels).toMatchObject([{ channel: 'chat:beside', from: 0, to: 1 }])
    await socket.ok('unsubscribe', { channel: 'chat:beside' })
    await writer.post(at('chat:beside'), { text: '2' })
    expect((await socket.next('followed')).channels).toMatchObject([{ channel: 'chat:beside', from: 1, to: 2 }])
  })

  test('[FOL14] a wrong field is refused, and so is a limit above that of changes', async () => {
    const socket = await server.connect('worker', staff)
    for (const fields of [{}, { pattern: 7 }, { pattern: 'chat:*', after: 7 }, { pattern: 'chat:*', limit: 0 }])
      expect((await socket.refused('follow', fields)).code).toBe('invalid_data')
    expect((await socket.refused('follow', { pattern: 'chat:*', limit: 1_000_000 })).code).toBe('invalid_data')
    expect((await socket.refused('unfollow', {})).code).toBe('invalid_data')
    expect((await (await server.connect()).refused('follow', { pattern: 'chat:*' })).code).toBe('unauthenticated')
  })

  test('[FOL15] a token that may not follow patterns any more ends it; one that may goes on, with its rights', async () => {
    const socket = await server.connect('worker', staff)
    const writer = await ana()
    for (const name of ['a', 'b']) await writer.put(`/v1/channels/team:fresh-${name}`, {})
    await socket.ok('follow', { pattern: 'team:fresh-*' })
    await socket.next('followed')
    const bound = { role: 'service', grants: [{ channel: 'team:fresh-a', can: [] }] } as const
    await socket.ok('hello', { token: await tokenFor('worker', bound) })
    // Of a channel that does not change, nothing is told.
    await writer.put(at('team:fresh-a', 'members', 'bob'), { user: 'bob', role: 'member' })
    expect((await socket.next('followed')).channels).toEqual([{ channel: 'team:fresh-a', ended: 'forbidden' }])
    await socket.ok('hello', { token: await tokenFor('worker', { role: 'user' }) })
    expect(await socket.next('unfollowed')).toEqual({ op: 'unfollowed', pattern: 'team:fresh-*', reason: 'forbidden' })
    await socket.ok('hello', { token: await tokenFor('worker', staff) })
    await socket.ok('follow', { pattern: 'team:fresh-*', after: '0' })
    expect((await socket.next('followed')).channels.map(({ channel }) => channel)).toEqual([
      'team:fresh-a',
      'team:fresh-b',
    ])
  })

  test('[FOL16] a peer that takes nothing holds back its own events only, and is given all of them later', {
    timeout: 60_000,
  }, async () => {
    const [slow, quick] = [await server.connect('worker', staff), await server.connect('other', staff)]
    for (const socket of [slow, quick]) {
      await socket.ok('follow', { pattern: 'chat:slow-*' })
      await socket.next('followed')
    }
    slow.pause()
    const backend = await server.rest('backend', staff)
    const data = { text: 'x'.repeat(8000) }
    for (let i = 0; i < 30; i++) {
      const writes = Array.from({ length: 21 }, (_none, n) => ({
        ...{ op: 'create', channel: `chat:slow-${n % 3}`, collection: 'messages', data },
      }))
      expect((await backend.post('/v1/batch', { writes })).status).toBe(200)
    }
    const whole = { 'chat:slow-0': 210, 'chat:slow-1': 210, 'chat:slow-2': 210 }
    const headsOf = (socket: typeof slow) => Object.fromEntries(joined(socket.events('followed')))
    await expect.poll(() => headsOf(quick), { timeout: 40_000 }).toEqual(whole)
    expect(headsOf(slow)).not.toEqual(whole)
    slow.resume()
    await expect.poll(() => headsOf(slow), { timeout: 40_000 }).toEqual(whole)
  })

  test('[FOL16, LIM32, LIM33] to a client that named maxBytes, no event is larger', async () => {
    const socket = await server.open()
    await socket.ok('hello', { token: await tokenFor('worker', staff), maxBytes: 32_768 })
    const backend = await server.rest('backend', staff)
    const noise = (bytes: number) => randomBytes(bytes / 2).toString('hex')
    for (let i = 0; i < 12; i++) await backend.post(at(`chat:sized-${i % 4}`), { text: noise(6000) })
    await backend.post(at('chat:sized-9'), { text: 'large', more: noise(40_000) })
    await socket.ok('follow', { pattern: 'chat:sized-*', after: '0' })
    const seen: { rev: number; truncated: boolean }[] = []
    while (seen.length < 13) {
      const event = await socket.next('followed')
      expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThanOrEqual(32_768 - 1024)
      for (const part of event.channels) {
        if (!('changes' in part)) throw new Error('an end')
        seen.push(...part.changes.map(({ record }) => ({ rev: record.rev, truncated: 'truncated' in record })))
      }
    }
    expect(seen.filter(({ truncated }) => truncated)).toEqual([{ rev: 1, truncated: true }])
  })
})

describe('the limits of patterns on a socket', () => {
  const server = serving({ limits: { subscriptions: 3, commands: 1, commandsBurst: 100, recordsCost: 1000 } })

  test('[LIM6, FOL14] channels and patterns of a connection count together', async () => {
    const socket = await server.connect('worker', staff)
    await socket.subscribe('chat:a')
    await socket.ok('follow', { pattern: 'chat:a' })
    await socket.ok('follow', { pattern: 'chat:*' })
    expect((await socket.refused('follow', { pattern: 'chat:b*' })).code).toBe('too_many_subscriptions')
    expect((await socket.refused('subscribe', { channel: 'chat:b' })).code).toBe('too_many_subscriptions')
    await socket.ok('follow', { pattern: 'chat:*' })
    await socket.ok('unfollow', { pattern: 'chat:a' })
    await socket.ok('follow', { pattern: 'chat:b*' })
  })

  test('[FOL12, FOL16] it is paid for as a command, and then for the channels and changes that were read', async () => {
    const writer = await server.rest('backend', staff)
    for (const name of ['p1', 'p2', 'p3']) await writer.post(at(`chat:${name}`), { text: '1' })
    const [rest, socket] = [
      await server.rest('boss', { role: 'admin' }),
      await server.connect('boss', { role: 'admin' }),
    ]
    const left = async () => {
      const { headers } = await rest.get('/v1/channels/chat:p1')
      return Number(/r=(\d+)/.exec(String(headers.ratelimit))?.[1])
    }
    const before = await left()
    for (let i = 0; i < 5; i++) {
      await socket.ok('follow', { pattern: 'chat:p*', after: '0' })
      await socket.next('followed')
    }
    const begun = await left()
    expect(before - begun).toBeGreaterThanOrEqual(5 * (3 + 3))
    for (let i = 0; i < 10; i++) {
      await writer.post(at('chat:p1'), { text: 'more' })
      await socket.next('followed')
    }
    expect(begun - (await left())).toBeGreaterThanOrEqual(8)
  })
})

describe('a pattern that comes to have more channels than the cursor of an event holds', () => {
  const server = serving({ limits: { replyBytes: 65_536, frameBytes: 31_744, recordBytes: 1000 } })

  test('[FOL15] is told so, and the connection lives on', { timeout: 60_000 }, async () => {
    const socket = await server.connect('worker', staff)
    const backend = await server.rest('worker', staff)
    await socket.ok('follow', { pattern: 'chat:many-*' })
    const make = async (from: number, count: number) => {
      const writes = Array.from({ length: count }, (_none, i) => ({
        ...{ op: 'create', channel: `chat:many-${from + i}`, collection: 'messages', data: { text: 'x' } },
      }))
      expect((await backend.post('/v1/batch', { writes })).status).toBe(200)
    }
    for (let i = 0; i < 1000; i += 250) await make(i, 250)
    expect(await socket.next('unfollowed')).toMatchObject({ pattern: 'chat:many-*', reason: 'too_many_subscriptions' })
    expect((await socket.refused('follow', { pattern: 'chat:many-*' })).code).toBe('too_many_subscriptions')
    await socket.ok('ping')
  })
})
