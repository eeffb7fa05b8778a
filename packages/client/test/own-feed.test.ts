/** `onMyChannels`: the SDK follows the feed of the signed-in user over any transport. */
import { describe, expect, test } from 'vitest'
import { onMyChannels, type TransportName } from '../src/index.ts'
import { world } from './support/world.ts'

const transports: TransportName[] = ['websocket', 'sse', 'long-poll', 'poll']

function watching(transport: TransportName) {
  const all = world({ transport, token: 'ana' })
  const calls = { count: 0 }
  const stop = onMyChannels(all.client, () => {
    calls.count += 1
  })
  const read = (user: string, pos: number) =>
    all.server.commit(`me:${user}`, user, {
      op: 'create',
      collection: 'markers',
      data: { channel: 'chat:a', read: pos },
    })
  return { ...all, calls, stop, read }
}

describe.each(transports)('over %s', (transport) => {
  test('[N25, OWN1] the listener is called at the start and for each change of the own feed, and of no other', async () => {
    const { clock, client, calls, stop, read } = watching(transport)
    await clock.advance(20_000)
    expect(calls.count).toBe(1)
    read('ana', 1)
    await clock.advance(20_000)
    expect(calls.count).toBe(2)
    read('bo', 1)
    await clock.advance(20_000)
    expect(calls.count).toBe(2)
    stop()
    read('ana', 2)
    await clock.advance(20_000)
    expect(calls.count).toBe(2)
    client.close()
  })

  test('[N25, OWN4] what changed between the first call and the joining of the feed is told', async () => {
    const { clock, client, calls, read } = watching(transport)
    // The feed is found when the user is known; that its listener is called then is too early to have heard of more.
    while (calls.count === 0) await clock.advance(1)
    read('ana', 1)
    await clock.advance(20_000)
    expect(calls.count).toBe(2)
    client.close()
  })

  test('[N25, OWN1] what changed without a connection is told after it', async () => {
    const { clock, client, server, calls, read } = watching(transport)
    await clock.advance(20_000)
    const before = calls.count
    server.down = true
    server.cut()
    read('ana', 1)
    await clock.advance(20_000)
    server.down = false
    await clock.advance(120_000)
    expect(calls.count).toBeGreaterThan(before)
    client.close()
  })
})
