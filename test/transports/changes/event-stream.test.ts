import type { LiveRecord } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type EventStream, openStream } from '../../support/clients/event-stream.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { tokenFor } from '../../support/servers/token-for.ts'

const changesPath = (channel: string, query = '') => `/v1/channels/${channel}/changes${query}`

function streams(server: { port: number }) {
  return async (path: string, headers: Record<string, string> = {}, token?: string): Promise<EventStream> => {
    const stream = await openStream({ port: server.port, path, headers, token })
    onTestFinished(() => stream.close())
    return stream
  }
}

describe('an event stream', () => {
  const server = serving()
  const stream = streams(server)
  const write = async (channel: string, text: string) =>
    (await (await server.rest('alice')).post<LiveRecord>(at(channel), { text })).body

  test("[RDG11, RDG12] carries the WebSocket's frames, with the cursor as their id", async () => {
    const channel = freshChannel()
    await write(channel, '1')
    const socket = await server.connect()
    const { epoch } = await socket.subscribe(channel)
    const reader = await stream(changesPath(channel, `?after=${epoch}.1`))
    expect((await reader.next('changes')).data).toMatchObject({ from: 1, to: 1, changes: [] })
    await write(channel, '2')
    const { data, id } = await reader.next('changes')
    expect([data, id]).toEqual([(await socket.reached(channel, 2))[0], `${epoch}.2`])
  })

  test('[RDG13, C3] has the headers, the lines of the format, and the retry in a block that has data', async () => {
    const channel = freshChannel()
    await write(channel, 'line\r\nbreaks\u2028')
    const reader = await stream(changesPath(channel, '?after=0'), { 'accept-encoding': 'gzip, br' })
    await reader.next('changes')
    expect(reader.status).toBe(200)
    expect(reader.headers['content-type']).toMatch(/^text\/event-stream/)
    expect(reader.headers['cache-control']).toBe('no-store, no-transform')
    expect(reader.headers['x-accel-buffering']).toBe('no')
    expect(reader.headers['content-encoding']).toBeUndefined()
    expect(reader.headers.etag).toBeUndefined()
    expect(reader.text()).toMatch(/^retry: \d+\nevent: changes\nid: [^\n]+\ndata: [^\n]+\n\n/)
    expect(reader.text()).not.toContain('\r')
    expect(reader.events('changes')).toHaveLength(1)
  })

  test('[RDG14] without after begins with an empty changes event at the head, with epoch and id', async () => {
    const channel = freshChannel()
    await write(channel, '1')
    const reader = await stream(changesPath(channel))
    const { data, id } = await reader.next('changes')
    expect(data).toEqual({ op: 'changes', channel, from: 1, to: 1, cursor: id, epoch: expect.any(String), changes: [] })
    expect(id).toBe(`${data.epoch}.1`)
    reader.close()
    await write(channel, '2')
    const again = await stream(changesPath(channel), { 'last-event-id': String(id) })
    expect((await again.next('changes')).data).toMatchObject({ from: 1, to: 2 })
  })

  test('[RDG14] of a channel without writes has the id 0', async () => {
    const channel = freshChannel()
    const reader = await stream(changesPath(channel))
    const { data, id } = await reader.next('changes')
    expect([data.from, data.to, data.changes, id]).toEqual([0, 0, [], '0'])
    await write(channel, '1')
    expect((await reader.next('changes')).data).toMatchObject({ from: 0, to: 1, epoch: expect.any(String) })
  })

  test('[RDG15] Last-Event-ID wins over after', async () => {
    const channel = freshChannel()
    for (const text of ['1', '2', '3']) await write(channel, text)
    const first = await stream(changesPath(channel, '?after=0'))
    const epoch = String((await first.next('changes')).id).split('.')[0]
    const reader = await stream(changesPath(channel, '?after=0'), { 'last-event-id': `${epoch}.2` })
    expect((await reader.next('changes')).data).toMatchObject({ from: 2, to: 3 })
  })

  test("[RDG16] what can't be continued is a reset, and the stream goes on from the head", async () => {
    const channel = freshChannel()
    await write(channel, '1')
    const reader = await stream(changesPath(channel, '?after=Stranger1.1'))
    const { data, id } = await reader.next('reset')
    expect(reader.status).toBe(200)
    expect(data).toMatchObject({ op: 'reset', channel, reason: 'epoch', cursor: id })
    expect(id).toBe(`${data.epoch}.1`)
    await write(channel, '2')
    expect((await reader.next('changes')).data).toMatchObject({ from: 1, to: 2 })
  })

  test('[RDG5, ERR1] a refusal before the stream is a problem, not a stream', async () => {
    const rest = await server.rest()
    const accept = { accept: 'text/event-stream' }
    const bad = await rest.get(changesPath(freshChannel(), '?after=x'), accept)
    expect([bad.status, bad.code, bad.headers['content-type']]).toEqual([
      400,
      'invalid_cursor',
      expect.stringContaining('problem+json'),
    ])
    expect((await rest.get(changesPath('team:hidden'), accept)).code).toBe('not_found')
    expect((await rest.get(changesPath(freshChannel()), { ...accept, authorization: 'Bearer x' })).status).toBe(401)
  })

  test('[RDG17] a stream of one channel ends with it', async () => {
    const olga = await server.rest('olga')
    const channel = freshChannel('team')
    await olga.put(`/v1/channels/${channel}`, {})
    const reader = await stream(changesPath(channel), {}, await tokenFor('olga'))
    await reader.next('changes')
    await olga.delete(`/v1/channels/${channel}`)
    expect((await reader.next('ended')).data).toEqual({ op: 'ended', channel, reason: 'deleted' })
    await reader.ended()
  })

  test('[RDG18] carries signals if they were requested', async () => {
    const channel = freshChannel()
    const [with1, without] = [await stream(changesPath(channel, '?signals=1')), await stream(changesPath(channel))]
    await Promise.all([with1.next('changes'), without.next('changes')])
    const alice = await server.rest('alice')
    const sent = await alice.post(`/v1/channels/${channel}/signals`, { type: 'typing', data: { on: true } })
    expect(sent.status).toBe(202)
    const signal = { op: 'signal', channel, type: 'typing', data: { on: true }, user: 'alice' }
    expect((await with1.next('signal')).data).toEqual(signal)
    await write(channel, '1')
    await without.next('changes')
    expect(without.events('signal')).toEqual([])
  })

  test('[RDG20] HEAD answers at once and holds nothing', async () => {
    const rest = await server.rest('alice')
    const channel = freshChannel()
    await write(channel, '1')
    const head = await rest.send('HEAD', changesPath(channel), { accept: 'text/event-stream' })
    expect([head.status, head.text]).toEqual([200, ''])
    const poll = await rest.send('HEAD', changesPath(channel, '?wait=30'))
    expect([poll.status, poll.text]).toEqual([200, ''])
    expect((await rest.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers).toBe(0)
  })

  test('[RDG13, PRM9] a reader that disconnects is no longer counted', async () => {
    const channel = freshChannel()
    const reader = await stream(changesPath(channel))
    await reader.next('changes')
    await write(channel, '1')
    const rest = await server.rest()
    const readers = async () => (await rest.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers
    expect(await readers()).toBe(1)
    reader.close()
    await expect.poll(readers).toBe(0)
  })
})

describe('a stream of several channels', () => {
  const server = serving()
  const stream = streams(server)

  test('[RDG8, RDG12, RDG14] begins with an empty changes event for each, without ids, each channel on its own', async () => {
    const [one, two] = [freshChannel(), freshChannel()]
    const alice = await server.rest('alice')
    await alice.post(at(one), { text: '1' })
    const reader = await stream(`/v1/changes?sub=${one}&sub=${two}@0`)
    const first = await reader.next('changes')
    expect(first.data).toMatchObject({ channel: one, from: 1, to: 1, changes: [] })
    await alice.post(at(two), { text: '1' })
    await alice.post(at(one), { text: '2' })
    await reader.until('both', () => reader.events('changes').filter(({ data }) => data.to !== data.from).length >= 2)
    const seen = reader.events('changes').filter(({ data }) => data.to !== data.from)
    expect(seen.map(({ data }) => [data.channel, data.from, data.to]).sort()).toEqual(
      [
        [one, 1, 2],
        [two, 0, 1],
      ].sort(),
    )
    expect(reader.events().every(({ id }) => id === undefined)).toBe(true)
  })

  test('[RDG5, RDG8, NAM1] a malformed name or cursor is refused before it begins', async () => {
    const channel = freshChannel()
    const rest = await server.rest()
    const refusals = []
    for (const query of ['sub=bad%0Aname@0', `sub=${channel}@bad`]) {
      const refused = await rest.get(`/v1/changes?${query}`, { accept: 'text/event-stream' })
      refusals.push([refused.status, refused.code])
    }
    expect(refusals).toEqual([
      [400, 'invalid_name'],
      [400, 'invalid_cursor'],
    ])
  })

  test('[RDG8, WSK13] for a channel that is named twice, the second cursor counts, and no reader is left over', async () => {
    const channel = freshChannel()
    const alice = await server.rest('alice')
    await alice.post(at(channel), { text: '1' })
    const readers = async () => (await alice.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers
    const reader = await stream(`/v1/changes?sub=${channel}@0&sub=${channel}`)
    await reader.until('the second', () => reader.events('changes').some(({ data }) => data.from === 1))
    await expect.poll(readers, { interval: 20 }).toBe(1)
    await alice.post(at(channel), { text: '2' })
    await reader.until('the change', () => reader.events('changes').some(({ data }) => data.to === 2))
    expect(reader.events('changes').filter(({ data }) => data.to === 2)).toHaveLength(1)
    reader.close()
    await expect.poll(readers, { interval: 20 }).toBe(0)
  })

  test('[RDG11] gives JSON if Accept prefers it', async () => {
    const alice = await server.rest('alice')
    const path = changesPath(freshChannel(), '?after=0')
    for (const accept of [
      'application/json, text/event-stream;q=0.5',
      'text/event-stream;q=0, */*',
      'application/json, text/event-stream, application/problem+json',
    ]) {
      const answer = await alice.get(path, { accept })
      expect([accept, answer.headers['content-type']]).toEqual([accept, 'application/json; charset=utf-8'])
    }
    for (const accept of ['application/json;q=0.9, text/event-stream', 'text/event-stream, application/json']) {
      const reader = await stream(path, { accept })
      expect([accept, reader.headers['content-type']]).toEqual([accept, 'text/event-stream; charset=utf-8'])
    }
  })

  test('[RDG16, RDG17] sends reset and ended for the channel concerned', async () => {
    const olga = await server.rest('olga')
    const [team, chat] = [freshChannel('team'), freshChannel()]
    await olga.put(`/v1/channels/${team}`, {})
    await olga.post(at(chat), { text: '1' })
    const reader = await stream(`/v1/changes?sub=${team}&sub=${chat}@Stranger1.1`, {}, await tokenFor('olga'))
    expect((await reader.next('reset')).data).toMatchObject({ channel: chat, reason: 'epoch' })
    await reader.next('changes')
    await olga.delete(`/v1/channels/${team}`)
    expect((await reader.next('ended')).data).toMatchObject({ channel: team, reason: 'deleted' })
    await olga.post(at(chat), { text: '2' })
    await reader.until('the change', () =>
      reader.events('changes').some(({ data }) => data.channel === chat && data.to === 2),
    )
  })
})

describe('time on a stream', () => {
  const server = serving({ limits: { commentSeconds: 0.2, leewaySeconds: 0 } })
  const stream = streams(server)

  test('[RDG13, C4] is kept alive by comments', async () => {
    const reader = await stream(changesPath(freshChannel()))
    await reader.until('two comments', (text) => text.split('\n').filter((line) => line.startsWith(':')).length >= 2)
  })

  test('[RDG11, TOK10] announces expiring, and ends with the token', async () => {
    const token = await tokenFor('alice', { ttl: 3 })
    const reader = await stream(changesPath(freshChannel()), {}, token)
    expect((await reader.next('expiring')).data.inSeconds).toBeLessThanOrEqual(30)
    await reader.ended()
  })
})
