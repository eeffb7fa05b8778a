import type { PatternReply } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import { at } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { tokenFor } from '../../support/servers/token-for.ts'

describe('a follower of more channels than a cursor holds', () => {
  const limits = { replyBytes: 65_536, frameBytes: 31_744, recordBytes: 1000 }
  const server = serving({ limits })

  test('[FOL9] is told so, on a stream sooner than by polls', { timeout: 60_000 }, async () => {
    const rest = await server.rest('worker', { role: 'service' })
    const token = await tokenFor('worker', { role: 'service' })
    const make = async (from: number, count: number) => {
      const writes = Array.from({ length: count }, (_none, i) => ({
        ...{ op: 'create', channel: `chat:many-${from + i}`, collection: 'messages', data: { text: 'x' } },
      }))
      expect((await rest.post('/v1/batch', { writes })).status).toBe(200)
    }
    const path = '/v1/follow?pattern=chat:many-*'
    const streamed = async () => {
      const stream = await openStream({ port: server.port, path, token })
      stream.close()
      return stream.status
    }
    await make(0, 400)
    expect([(await rest.get(path)).status, await streamed()]).toEqual([200, 200])
    await make(400, 500)
    await make(900, 100)
    expect([(await rest.get(path)).status, await streamed()]).toEqual([200, 429])
    await make(1000, 500)
    await make(1500, 500)
    expect((await rest.get(path)).code).toBe('too_many_subscriptions')
  })

  test('[FOL8] every page is within replyBytes, and all pages together have every change once', async () => {
    const rest = await server.rest('worker', { role: 'service' })
    const text = 'y'.repeat(900)
    for (let i = 0; i < 60; i++) {
      const one = { op: 'create', channel: `chat:wide-${i}`, collection: 'messages', data: { text } }
      expect((await rest.post('/v1/batch', { writes: [one, one, one] })).status).toBe(200)
    }
    const seen = new Map<string, number>()
    let after = '0'
    for (let more = true; more; ) {
      const answer = await rest.get<PatternReply>(`/v1/follow?pattern=chat:wide-*&after=${after}`)
      expect(Buffer.byteLength(answer.text)).toBeLessThanOrEqual(limits.replyBytes)
      expect(answer.body.channels.length).toBeLessThanOrEqual(50)
      for (const part of answer.body.channels) {
        if (!('changes' in part)) throw new Error(`${part.channel} ended`)
        expect(part.from).toBe(seen.get(part.channel) ?? 0)
        seen.set(part.channel, part.to)
      }
      ;({ cursor: after, more } = answer.body)
    }
    expect(seen).toEqual(new Map(Array.from({ length: 60 }, (_none, i) => [`chat:wide-${i}`, 3])))
  })
})

describe('the price of following a pattern', () => {
  const server = serving({ limits: { commands: 1, commandsBurst: 100, recordsCost: 1000 } })

  test('[FOL12] it is that of what was asked for, and then of the channels and changes that were read', async () => {
    const writer = await server.rest('ana', { role: 'service' })
    for (const name of ['a', 'b', 'c']) await writer.post(at(`chat:${name}`), { text: '1' })
    const rest = await server.rest('boss', { role: 'admin' })
    const left = async () => {
      const { headers } = await rest.get('/v1/channels/chat:a')
      return Number(/r=(\d+)/.exec(String(headers.ratelimit))?.[1])
    }
    expect(await left()).toBeGreaterThanOrEqual(95)
    for (let i = 0; i < 10; i++) expect((await rest.get('/v1/follow?pattern=chat:*&after=0')).status).toBe(200)
    // Ten times three channels and three changes, at 1 each, and a tenth for each request.
    expect(await left()).toBeLessThanOrEqual(70)
  })
})
