/** How large what the server sends over WebSockets and event streams is, and how clients ask for less. */
import type { LiveRecord, Page } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import type { Socket } from '../../support/clients/socket.ts'
import { emptyView, foldAll, living } from '../../support/fold.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'

const frameBytes = 64_512

/** The most bytes of a message that the socket received. */
function largestOf(socket: Socket): number {
  return Math.max(...socket.frames.map((frame) => Buffer.byteLength(JSON.stringify(frame))))
}

describe('the size of frames', () => {
  const server = serving()

  /** Creates records of so many bytes by one batch. */
  async function fill(channel: string, count: number, bytes: number): Promise<void> {
    const rest = await server.rest('alice')
    const writes = Array.from({ length: count }, () => ({
      op: 'create',
      channel,
      collection: 'messages',
      data: { text: 'é'.repeat(bytes / 2) },
    }))
    const { status } = await rest.post('/v1/batch', { writes })
    expect(status).toBe(200)
  }

  async function allOf(channel: string): Promise<LiveRecord[]> {
    return (await (await server.rest()).get<Page>(`${at(channel)}?limit=500`)).body.records
  }

  test('[LIM31, C2] a batch of 400 KB comes in frames of at most frameBytes that join, live and to one who catches up', async () => {
    const channel = freshChannel()
    const live = await server.connect()
    await live.subscribe(channel)
    await fill(channel, 100, 4000)
    const frames = await live.reached(channel, 100)
    const behind = await server.connect()
    await behind.subscribe(channel, { after: '0' })
    await behind.reached(channel, 100)
    for (const socket of [live, behind]) expect(largestOf(socket)).toBeLessThanOrEqual(frameBytes)
    expect(frames.length).toBeGreaterThan(5)
    expect(living(foldAll(emptyView(), frames), 'messages')).toEqual(await allOf(channel))
    expect(frames.map(({ cursor }) => Number(cursor.split('.')[1]))).toEqual(frames.map(({ to }) => to))
  })

  test('[LIM31] a snapshot has the newest records that fit, and says where a page goes on with the others', async () => {
    const channel = freshChannel()
    await fill(channel, 30, 4000)
    const rest = await server.rest('alice')
    const [message] = await allOf(channel)
    for (const emoji of ['a', 'b', 'c']) await rest.post(at(channel, 'reactions'), { message: message?.id, emoji })
    const socket = await server.connect()
    const { snapshot } = await socket.subscribe(channel, { last: { messages: 30, reactions: 30 } })
    expect(largestOf(socket)).toBeLessThanOrEqual(frameBytes)
    expect(snapshot?.reactions?.records).toHaveLength(3)
    const { records = [], before } = snapshot?.messages ?? {}
    expect(records.length).toBeGreaterThan(10)
    const { body: page } = await rest.get<Page>(`${at(channel)}?before=${before}&limit=30`)
    expect([...page.records, ...records]).toEqual(await allOf(channel))
  })

  test('[LIM32, C2] maxBytes of hello makes each frame and reply smaller, and the channel is told whole all the same', async () => {
    const channel = freshChannel()
    const socket = await server.open()
    await socket.ok('hello', { maxBytes: 40_000 })
    await socket.subscribe(channel)
    await fill(channel, 30, 4000)
    const frames = await socket.reached(channel, 30)
    const { snapshot } = await socket.subscribe(channel, { last: { messages: 30 } })
    expect(snapshot?.messages?.records.length).toBeGreaterThan(3)
    expect(largestOf(socket)).toBeLessThanOrEqual(32_768 - 1024)
    expect(living(foldAll(emptyView(), frames), 'messages')).toEqual(await allOf(channel))
  })

  test('[LIM32] maxBytes of a subscribe counts for that channel, also where that of hello is smaller', async () => {
    const [small, large] = [freshChannel(), freshChannel()]
    const socket = await server.open()
    await socket.ok('hello', { maxBytes: 32_768 })
    await socket.subscribe(small)
    await socket.subscribe(large, { maxBytes: 1_000_000 })
    for (const channel of [small, large]) await fill(channel, 15, 4000)
    expect(await socket.reached(small, 15)).toHaveLength(3)
    expect(await socket.reached(large, 15)).toHaveLength(1)
  })

  test('[LIM32] maxBytes of a stream does the same', async () => {
    const channel = freshChannel()
    await fill(channel, 30, 4000)
    const path = `/v1/channels/${channel}/changes?after=0&maxBytes=32768`
    const stream = await openStream({ port: server.port, path })
    onTestFinished(() => stream.close())
    await stream.until('all', () => stream.events('changes').some(({ data }) => data.to === 30))
    for (const line of stream.text().split('\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(32_768)
  })

  test('[LIM32] a maxBytes under 32 KiB is refused on every transport', async () => {
    const channel = freshChannel()
    const socket = await server.connect()
    expect((await socket.refused('subscribe', { channel, maxBytes: 32_767 })).code).toBe('invalid_data')
    expect((await socket.refused('hello', { maxBytes: '40000' })).code).toBe('invalid_data')
    const { status, body } = await (await server.rest()).get(`/v1/channels/${channel}/changes?maxBytes=32767`)
    expect([status, body]).toMatchObject([400, { code: 'invalid_query' }])
  })

  test('[LIM33] a record and a signal that are over maxBytes come without their data, and REST has the record', async () => {
    const channel = freshChannel()
    const socket = await server.open()
    const token = await server.connect('alice')
    await socket.ok('hello', { maxBytes: 32_768 })
    await socket.subscribe(channel, { signals: true })
    await token.ok('create', { channel, collection: 'messages', data: { text: 'a' } })
    const large = 'x'.repeat(7000)
    const data = { text: 'b', more: [large, large, large, large, large] }
    const { record } = await token.ok<{ record: LiveRecord }>('create', { channel, collection: 'messages', data })
    await token.ok('signal', { channel, type: 'big', data })
    const changes = (await socket.reached(channel, 2)).flatMap((frame) => frame.changes)
    const { data: _data, ...described } = record
    expect(changes[1]?.record).toEqual({ ...described, truncated: true })
    expect(await socket.next('signal')).toMatchObject({ type: 'big', data: null, truncated: true, user: 'alice' })
    expect((await (await server.rest()).get<LiveRecord>(at(channel, 'messages', record.id))).body).toEqual(record)
  })

  test('[LIM33] the reply to a write and a refusal with the record are told without its data too', async () => {
    const channel = freshChannel()
    const socket = await server.connect('alice')
    await socket.ok('hello', { token: undefined, maxBytes: 32_768 })
    const put = { channel, collection: 'messages', recordId: 'r', data: { text: 'a', more: 'x'.repeat(40_000) } }
    expect(await socket.ok('put', put)).toMatchObject({ record: { id: 'r', rev: 1, truncated: true } })
    const refused = await socket.refused('put', { ...put, ifRev: 7 })
    expect(refused).toMatchObject({ code: 'rev_mismatch', current: { id: 'r', rev: 1, truncated: true } })
    expect(largestOf(socket)).toBeLessThanOrEqual(32_768)
  })
})
