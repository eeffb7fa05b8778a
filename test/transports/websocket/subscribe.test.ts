import type { LiveRecord, Page, SubscribeOk } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { emptyView, foldAll, foldRecords, living } from '../../support/fold.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { type Server, serving, stores } from '../../support/servers/serving.ts'
import { awaitLater } from '../../support/until.ts'

const revOf = (cursor: string) => Number(cursor.split('.')[1] ?? 0)

async function write(server: Server, channel: string, texts: readonly string[], user = 'alice'): Promise<LiveRecord[]> {
  const rest = await server.rest(user)
  const records: LiveRecord[] = []
  for (const text of texts) records.push((await rest.post<LiveRecord>(at(channel), { text })).body)
  return records
}

describe.each(stores)('subscribe, %s store', (store) => {
  const server = serving({ store })

  test('[WSK9, WSK21] a subscribe from now gives the head, then each later change', async () => {
    const channel = freshChannel()
    await write(server, channel, ['1', '2'])
    const socket = await server.connect()
    const subscribed = await socket.subscribe(channel)
    expect(subscribed).toEqual({ channel, resume: 'live', epoch: subscribed.epoch, cursor: `${subscribed.epoch}.2` })
    const [third] = await write(server, channel, ['3'])
    const frames = await socket.reached(channel, 3)
    expect(frames).toEqual([
      {
        op: 'changes',
        channel,
        from: 2,
        to: 3,
        cursor: `${subscribed.epoch}.3`,
        changes: [{ collection: 'messages', record: third }],
      },
    ])
  })

  test('[WSK9, WSK21] a subscribe to a channel without writes gives cursor 0, and the first frame has the epoch', async () => {
    const channel = freshChannel()
    const socket = await server.connect()
    expect(await socket.subscribe(channel)).toEqual({ channel, resume: 'live', epoch: null, cursor: '0' })
    const rest = await server.rest('alice')
    const made = await rest.post<LiveRecord>(at(channel), { text: '1' })
    const [frame] = await socket.reached(channel, 1)
    expect(frame).toMatchObject({ from: 0, to: 1, epoch: String(made.headers['dovetail-at']).split('.')[0] })
    expect(frame?.changes).toEqual([{ collection: 'messages', record: made.body }])
  })

  test('[WSK10] last gives a snapshot and its cursor from one read', async () => {
    const channel = freshChannel()
    const records = await write(server, channel, ['1', '2', '3', '4'])
    const socket = await server.connect()
    const subscribed = await socket.subscribe(channel, { last: { messages: 3, reactions: 5 } })
    expect(subscribed.resume).toBe('live')
    expect(revOf(subscribed.cursor)).toBe(4)
    expect(subscribed.snapshot).toEqual({
      messages: { records: records.slice(1), before: 2 },
      reactions: { records: [], before: null },
    })
  })

  test('[WSK10] last of a channel without writes gives an empty snapshot', async () => {
    const channel = freshChannel()
    const socket = await server.connect()
    const subscribed = await socket.subscribe(channel, { last: { messages: 3 } })
    expect(subscribed).toMatchObject({ resume: 'live', epoch: null, cursor: '0' })
    expect(subscribed.snapshot).toEqual({ messages: { records: [], before: null } })
  })

  test('[WSK10, PRM1, PRM4] snapshots taken while others write join with the changes after them', {
    timeout: 60_000,
  }, async () => {
    const channel = freshChannel()
    let writing = true
    const writers = ['ann', 'ben']
      .map(async (user) => {
        for (let n = 0; writing; n++) await write(server, channel, [`${user} ${n}`], user)
      })
      .map(awaitLater)
    const sockets = await Promise.all(Array.from({ length: 8 }, () => server.connect()))
    const replies: SubscribeOk[] = []
    for (const socket of sockets) replies.push(await socket.subscribe(channel, { last: { messages: 500 } }))
    writing = false
    await Promise.all(writers)
    const rest = await server.rest()
    const fresh = (await rest.get<Page>(`${at(channel)}?limit=500`)).body
    const head = revOf(String(fresh.cursor))
    for (const [n, socket] of sockets.entries()) {
      const reply = replies[n]
      if (reply === undefined) throw new Error('no reply')
      const rev = revOf(reply.cursor)
      const start = foldRecords(emptyView(reply.epoch, rev), 'messages', reply.snapshot?.messages?.records ?? [])
      const frames = rev < head ? await socket.reached(channel, head) : []
      expect(frames[0]?.from ?? head).toBe(rev)
      expect(living(foldAll(start, frames), 'messages')).toEqual(fresh.records)
    }
  })

  test('[WSK11] after the head is live; after an older cursor catches up at once', async () => {
    const channel = freshChannel()
    const records = await write(server, channel, ['1', '2', '3'])
    const socket = await server.connect()
    const { cursor, epoch } = await socket.subscribe(channel)
    const live = await server.connect()
    expect(await live.subscribe(channel, { after: cursor })).toEqual({ channel, resume: 'live', epoch, cursor })
    const behind = await server.connect()
    const older = `${epoch}.1`
    expect(await behind.subscribe(channel, { after: older })).toEqual({
      channel,
      resume: 'catching_up',
      epoch,
      cursor: older,
    })
    const frames = await behind.reached(channel, 3)
    expect(frames[0]?.from).toBe(1)
    expect(frames.flatMap(({ changes }) => changes.map(({ record }) => record))).toEqual(records.slice(1))
  })

  test('[WSK11, WSK21] after 0 gives everything, then live changes; the first frame has the epoch', async () => {
    const channel = freshChannel()
    await write(server, channel, ['1', '2'])
    const socket = await server.connect()
    const subscribed = await socket.subscribe(channel, { after: '0' })
    expect(subscribed).toMatchObject({ resume: 'catching_up', cursor: '0' })
    const frames = await socket.reached(channel, 2)
    expect(frames[0]).toMatchObject({ from: 0 })
    expect(frames[0]?.epoch).toMatch(/^[A-Za-z0-9]+$/)
    await write(server, channel, ['3'])
    const view = foldAll(emptyView(), await socket.reached(channel, 3))
    expect(living(view, 'messages')).toHaveLength(3)
  })

  test('[WSK11] after wins over last', async () => {
    const channel = freshChannel()
    await write(server, channel, ['1', '2', '3'])
    const socket = await server.connect()
    const { epoch } = await socket.subscribe(channel)
    const both = await server.connect()
    const subscribed = await both.subscribe(channel, { after: `${epoch}.2`, last: { messages: 5 } })
    expect(subscribed).toEqual({ channel, resume: 'catching_up', epoch, cursor: `${epoch}.2` })
    await both.reached(channel, 3)
  })

  test('[WSK12, PRM5] an after that can’t be continued is answered by reset with the reason and the head', async () => {
    const channel = freshChannel()
    await write(server, channel, ['1', '2'])
    const socket = await server.connect()
    const { epoch, cursor } = await socket.subscribe(channel)
    for (const [after, reason] of [
      ['Stranger1.1', 'epoch'],
      [`${epoch}.3`, 'ahead'],
    ] as const) {
      const other = await server.connect()
      expect(await other.subscribe(channel, { after })).toEqual({ channel, resume: 'reset', reason, epoch, cursor })
      const again = await server.connect()
      const withLast = await again.subscribe(channel, { after, last: { messages: 1 } })
      expect(withLast).toMatchObject({ resume: 'reset', reason, epoch, cursor })
      expect(withLast.snapshot?.messages?.records).toMatchObject([{ pos: 2 }])
      expect(withLast.snapshot?.messages?.before).toBe(2)
      await write(server, channel, [])
    }
    const unborn = freshChannel()
    const reset = await socket.subscribe(unborn, { after: 'Stranger1.1' })
    expect(reset).toEqual({ channel: unborn, resume: 'reset', reason: 'epoch', epoch: null, cursor: '0' })
    await write(server, unborn, ['1'])
    expect(await socket.reached(unborn, 1)).toMatchObject([{ from: 0, to: 1 }])
  })

  test('[WSK13] a second subscribe replaces the first', async () => {
    const channel = freshChannel()
    await write(server, channel, ['1', '2'])
    const socket = await server.connect()
    const first = await socket.subscribe(channel)
    await socket.subscribe(channel, { after: `${first.epoch}.1` })
    await write(server, channel, ['3'])
    const frames = await socket.reached(channel, 3)
    expect(foldAll(emptyView(first.epoch, 1), frames).rev).toBe(3)
    const revs = frames.flatMap(({ changes }) => changes.map(({ record }) => record.rev))
    expect(revs).toEqual([2, 3])
  })

  test('[WSK14] after an unsubscribe nothing of the channel follows', async () => {
    const [channel, other] = [freshChannel(), freshChannel()]
    const socket = await server.connect()
    await socket.subscribe(channel)
    await socket.subscribe(other)
    await write(server, channel, ['1'])
    await socket.reached(channel, 1)
    expect(await socket.ok('unsubscribe', { channel })).toEqual({})
    await write(server, channel, ['2', '3'])
    await write(server, other, ['1'])
    await socket.reached(other, 1)
    await socket.ok('ping')
    expect(socket.events('changes', channel).map(({ to }) => to)).toEqual([1])
    expect(await socket.ok('unsubscribe', { channel })).toEqual({})
    expect((await socket.subscribe(channel)).cursor).toMatch(/\.3$/)
  })

  test('[WSK27, PRM2] own writes arrive as changes like everyone’s', async () => {
    const channel = freshChannel()
    const [writer, reader] = [await server.connect('alice'), await server.connect('bob')]
    await writer.subscribe(channel)
    await reader.subscribe(channel)
    for (let id = 0; id < 50; id++) {
      writer.send({ id, op: 'create', channel, collection: 'messages', data: { text: `${id}` } })
    }
    const [own, others] = [await writer.reached(channel, 50), await reader.reached(channel, 50)]
    expect(living(foldAll(emptyView(), own), 'messages')).toEqual(living(foldAll(emptyView(), others), 'messages'))
    const revs = own.flatMap(({ changes }) => changes.map(({ record }) => record.rev))
    expect(revs).toEqual(Array.from({ length: 50 }, (_, n) => n + 1))
  })

  test('[JOI1, JOI2, JOI4] of several pages, read from the lowest cursor, the higher rev wins', async () => {
    const rest = await server.rest('alice')
    const channel = freshChannel()
    for (let n = 1; n <= 6; n++) await rest.put(at(channel, 'messages', `m${n}`), { text: `${n}` })
    const newest = (await rest.get<Page>(`${at(channel)}?limit=3`)).body
    await rest.patch(at(channel, 'messages', 'm5'), { text: 'changed' })
    await rest.delete(at(channel, 'messages', 'm6'))
    const older = (await rest.get<Page>(`${at(channel)}?limit=3&before=${newest.before}`)).body
    await rest.patch(at(channel, 'messages', 'm2'), { text: 'changed' })
    const socket = await server.connect()
    const { epoch } = await socket.subscribe(channel, { after: String(newest.cursor) })
    const held = foldRecords(emptyView(epoch, revOf(String(newest.cursor))), 'messages', newest.records)
    const both = foldRecords(held, 'messages', older.records)
    const view = foldAll(both, await socket.reached(channel, 9))
    expect(living(view, 'messages')).toEqual((await rest.get<Page>(at(channel))).body.records)
  })

  test('[LIM31] no frame is over frameBytes, and a snapshot neither', { timeout: 60_000 }, async () => {
    const channel = freshChannel()
    const rest = await server.rest('alice')
    for (let n = 1; n <= 40; n++) await rest.post(at(channel), { text: `${n}`, ballast: 'x'.repeat(59_000) })
    const socket = await server.connect()
    await socket.subscribe(channel, { after: '0' })
    const frames = await socket.reached(channel, 40)
    expect(foldAll(emptyView(), frames).records.size).toBe(40)
    for (const frame of socket.frames) expect(Buffer.byteLength(JSON.stringify(frame))).toBeLessThanOrEqual(64_512)
    const other = await server.connect()
    const { snapshot } = await other.subscribe(channel, { last: { messages: 100 } })
    const records = snapshot?.messages?.records ?? []
    expect(records.at(-1)?.pos).toBe(40)
    expect(snapshot?.messages?.before).toBe(records[0]?.pos)
    for (const frame of other.frames) expect(Buffer.byteLength(JSON.stringify(frame))).toBeLessThanOrEqual(1_048_576)
  })
})

describe('latest collections', () => {
  const server = serving()

  test('[PRM3, DEM5] states in between are folded; the last one arrives', async () => {
    const feeder = await server.connect('feeder', { role: 'service' })
    const channel = freshChannel('prices')
    const socket = await server.connect()
    await socket.subscribe(channel)
    for (let id = 1; id <= 300; id++) {
      feeder.send({
        id,
        op: 'put',
        channel,
        collection: 'quotes',
        recordId: `s${id % 3}`,
        data: { symbol: `s${id % 3}`, price: id },
      })
    }
    const frames = await socket.reached(channel, 300)
    const view = foldAll(emptyView(), frames)
    const rest = await server.rest()
    expect(living(view, 'quotes')).toEqual((await rest.get<Page>(at(channel, 'quotes'))).body.records)
  })
})
