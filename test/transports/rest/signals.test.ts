import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'

describe('signals over HTTP', () => {
  const server = serving()

  test('[RST27, MOD13] are answered by 202, delivered to subscribers, and never stored', async () => {
    const channel = freshChannel()
    const listener = await server.connect()
    await listener.subscribe(channel, { signals: true })
    const ann = await server.rest('ann')
    const sent = await ann.post(`/v1/channels/${channel}/signals`, { type: 'typing', data: { on: true } })
    expect(sent.status).toBe(202)
    expect(await listener.next('signal', channel)).toMatchObject({ type: 'typing', data: { on: true }, user: 'ann' })
    expect((await ann.get(at(channel))).text).not.toContain('typing')
  })

  test('[RST27, ERR7] are refused as they are on a socket', async () => {
    const [ann, nobody] = [await server.rest('ann'), await server.rest()]
    const path = `/v1/channels/${freshChannel()}/signals`
    expect((await nobody.post(path, { type: 't', data: 1 })).code).toBe('unauthenticated')
    expect((await ann.post(path, { data: 1 })).code).toBe('invalid_data')
    expect((await ann.post(path, { type: 't', data: '\u0000' })).code).toBe('invalid_text')
    expect((await ann.post('/v1/channels/team:hidden/signals', { type: 't', data: 1 })).code).toBe('not_found')
    expect((await ann.post('/v1/channels/prices:a/signals', { type: 't', data: 1 })).code).toBe('forbidden')
  })
})
