import type { SearchReply } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import type { Rest } from '../../support/clients/rest.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

const search = async (rest: Rest, q: string) => (await rest.get<SearchReply>(`/v1/search?q=${q}`)).body

/** A first message in each of so many new channels, 500 in a batch. */
async function floodWith(rest: Rest, count: number): Promise<void> {
  for (let first = 0; first < count; first += 500) {
    const writes = Array.from({ length: Math.min(500, count - first) }, (_, n) => ({
      op: 'create',
      channel: `chat:0-${first + n}`,
      collection: 'messages',
      data: { text: 'noise' },
    }))
    expect((await rest.post('/v1/batch', { writes })).status).toBe(200)
  }
}

describe.each(stores)('thousands of channels on %s', (store) => {
  const server = serving({ store, limits: { commands: 100_000, commandsBurst: 100_000 } })

  test('[SEA6, SEA12, S1] hide neither the own channels nor those that were written last, and the answer says what it is', async () => {
    const [alice, backend] = [await server.rest('alice'), await server.rest('backend', { role: 'service' })]
    const [own, before, after] = [freshChannel('team'), freshChannel(), freshChannel()]
    await alice.put(`/v1/channels/${own}`, {})
    await alice.post(at(own), { text: 'needle own' })
    await backend.post(at(before), { text: 'needle before' })
    expect(await search(alice, 'needle')).not.toHaveProperty('complete')
    await floodWith(backend, 5001)
    await backend.post(at(after), { text: 'needle after' })
    const found = await search(alice, 'needle')
    expect(found.hits.map(({ channel }) => channel)).toEqual([after, own])
    expect(found.complete).toBe(false)
    expect(await search(alice, 'absent')).toMatchObject({ hits: [], complete: false })
    await backend.post(at(before), { text: 'again' })
    expect((await search(alice, 'needle')).hits.map(({ channel }) => channel)).toContain(before)
  })
})

describe('new channels', () => {
  const server = serving({ limits: { channels: 1, channelsBurst: 3 } })

  test.each([
    ['PUT', (rest: Rest, channel: string) => rest.put(`/v1/channels/${channel}`, {})],
    ['a first message', (rest: Rest, channel: string) => rest.post(at(channel), { text: 'a' })],
  ])('[LIM34, S1] of one user are bounded: %s', async (_what, make) => {
    const rest = await server.rest(freshChannel('u'))
    const channels = Array.from({ length: 5 }, () => freshChannel())
    const statuses = []
    for (const channel of channels) statuses.push(await make(rest, channel))
    expect(statuses.map(({ status }) => status)).toEqual([201, 201, 201, 429, 429])
    expect(Number(statuses.at(-1)?.headers['retry-after'])).toBeGreaterThan(0)
    expect((await rest.post(at(channels[0] ?? ''), { text: 'more' })).status).toBe(201)
    const other = await server.rest(freshChannel('u'))
    expect((await make(other, freshChannel())).status).toBe(201)
  })

  test('[LIM34, S1] are bounded over a socket and in a batch, and those of a service are not', async () => {
    const socket = await server.connect('ursula')
    const create = { collection: 'messages', data: { text: 'a' } }
    for (let n = 0; n < 3; n++) await socket.ok('create', { ...create, channel: freshChannel() })
    expect((await socket.refused('create', { ...create, channel: freshChannel() })).code).toBe('rate_limited')
    const writes = Array.from({ length: 5 }, () => ({ ...create, op: 'create', channel: freshChannel() }))
    const statuses = async (rest: Rest) =>
      (await rest.post<{ results: { status: number }[] }>('/v1/batch', { writes })).body.results.map((r) => r.status)
    expect((await statuses(await server.rest('victor'))).sort()).toEqual([201, 201, 201, 429, 429])
    expect(await statuses(await server.rest('backend', { role: 'service' }))).toEqual([201, 201, 201, 201, 201])
  })
})
