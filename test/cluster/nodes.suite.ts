/** What a client sees where it speaks to several nodes, one after another or at once. */
import type { AppendChange, Change, ChangesReply, LiveRecord } from 'dovetail-protocol'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openStream } from '../support/clients/event-stream.ts'
import { emptyView, foldAll, living } from '../support/fold.ts'
import { at } from '../support/paths.ts'
import type { Server } from '../support/servers/serving.ts'
import { signClaims } from '../support/servers/token-for.ts'
import { bySocket, type ReadTransport, readTransports } from '../support/transports/channel-readers.ts'
import { type Part, partsOf, patternTransports, revsIn } from '../support/transports/pattern-readers.ts'
import { awaitLater } from '../support/until.ts'
import { startNodes } from './nodes.ts'

export interface Addresses {
  readonly store: string
  readonly backbone: string
}

type Nodes = () => readonly [Server, Server, Server]

let channels = 0
const freshChannel = (namespace = 'chat') => `${namespace}:c${++channels}`

/** `open` is called once, before the first test. */
export function nodesSuite(name: string, open: () => Promise<Addresses>): void {
  describe(name, () => {
    let started: Awaited<ReturnType<typeof startNodes>> | undefined
    let addresses: Addresses | undefined
    beforeAll(async () => {
      addresses = await open()
      started = await startNodes(3, addresses)
    })
    afterAll(() => started?.stop())
    const nodes: Nodes = () => started?.nodes as unknown as ReturnType<Nodes>
    readingSuite(nodes)
    // PostgreSQL's notifications carry no changes.
    growingSuite(nodes, () => addresses?.backbone.startsWith('postgres') === false)
    writingSuite(nodes)
    patternsSuite(nodes)
    rightsSuite(nodes)
  })
}

async function readFrom(server: Server, transport: ReadTransport, channel: string, after?: string) {
  const reading = await transport.start(server, { channel, ...(after === undefined ? {} : { after }) })
  onTestFinished(() => reading.close())
  return reading
}

function readingSuite(nodes: Nodes): void {
  test.each(readTransports)(
    '[B03, B32] data written to one node is read unchanged from another, by $name',
    async (transport) => {
      const [here, there] = nodes()
      const alice = await here.rest('alice')
      const channel = freshChannel()
      const texts = [7999, 8000, 8001, 59_000].map((size) => 'x'.repeat(size)).concat('😀'.repeat(3000))
      const reading = await readFrom(there, transport, channel)
      // A channel without writes, and a reader that has just been acknowledged.
      for (const text of texts) expect((await alice.post(at(channel), { text })).status).toBe(201)
      const view = foldAll(emptyView(), await reading.reached(texts.length))
      expect(living(view, 'messages').map((record) => (record as LiveRecord).data)).toEqual(
        texts.map((text) => ({ text })),
      )
    },
  )

  test.each(readTransports)('a cursor from one node is valid on every other at once, by $name', async (transport) => {
    const [here, there, elsewhere] = nodes()
    const alice = await here.rest('alice')
    const channel = freshChannel()
    await alice.post(at(channel), { text: 'first' })
    // Both have hubs that may be behind.
    await Promise.all([readFrom(there, transport, channel), readFrom(elsewhere, transport, channel)])
    for (let turn = 0; turn < 5; turn++) {
      await alice.post(at(channel), { text: `${turn}` })
      const { cursor, to } = (await alice.get<ChangesReply>(`/v1/channels/${channel}/changes?after=0`)).body
      const reading = await readFrom(turn % 2 === 0 ? there : elsewhere, transport, channel, cursor)
      await alice.post(at(channel), { text: `${turn} more` })
      expect((await reading.reached(to + 1))[0]?.from).toBe(to)
    }
  })

  test('a read after a write on another node includes the write', async () => {
    const [here, there] = nodes()
    const [alice, bob] = [await here.rest('alice'), await there.rest('bob')]
    const channel = freshChannel()
    for (let turn = 0; turn < 20; turn++) {
      const made = await alice.post<LiveRecord>(at(channel), { text: `${turn}` })
      const position = { 'dovetail-at': String(made.headers['dovetail-at']) }
      const read = await bob.get(at(channel, 'messages', made.body.id), position)
      expect([read.status, read.body]).toEqual([200, made.body])
    }
  })

  test('signals reach their subscribers on every node', async () => {
    const [here, ...others] = nodes()
    const channel = freshChannel()
    const sockets = await Promise.all(others.map((node) => node.connect('bob')))
    for (const socket of sockets) await socket.subscribe(channel, { signals: true })
    const alice = await here.rest('alice')
    await alice.post(`/v1/channels/${channel}/signals`, { type: 'typing', data: { on: 'ü' } })
    for (const socket of sockets) {
      const heard = await socket.next('signal', channel)
      expect(heard).toMatchObject({ type: 'typing', data: { on: 'ü' }, user: 'alice' })
    }
  })

  test('a channel deleted on one node ends on the others, and has a new epoch when it is created again', async () => {
    const [here, there] = nodes()
    const root = await here.rest('root', { role: 'admin' })
    const channel = freshChannel()
    await root.post(at(channel), { text: 'old' })
    const socket = await there.connect('bob')
    const before = await socket.subscribe(channel)
    await root.delete(`/v1/channels/${channel}`)
    expect((await socket.next('ended', channel)).reason).toBe('deleted')
    await root.post(at(channel), { text: 'new' })
    const after = await socket.subscribe(channel, { after: before.cursor })
    expect([after.resume, after.reason, after.cursor]).toEqual(['reset', 'epoch', `${after.epoch}.1`])
  })
}

function growingSuite(nodes: Nodes, carriesPieces: () => boolean): void {
  test('[APP10, APP6] what is appended on one node reaches readers of another, in pieces where notifications carry changes', async () => {
    const [here, there] = nodes()
    const [alice, reader] = [await here.rest('alice'), await there.connect('bob')]
    const channel = freshChannel()
    const first = 'What was there before anything was appended is longer than a piece. '.repeat(300)
    await alice.put(at(channel, 'messages', 'one'), { text: first, more: '' })
    await reader.ok('subscribe', { channel, last: { messages: 5 }, appends: true })
    const type = { 'content-type': 'application/json-patch+json' }
    const words = Array.from({ length: 40 }, (_, n) => `${n} é `)
    for (const value of words) {
      const body = JSON.stringify([{ op: 'append', path: '/more', value }])
      expect((await alice.send('PATCH', at(channel, 'messages', 'one'), type, body)).status).toBe(204)
    }
    const frames = await reader.reached(channel, words.length + 1)
    const changes = frames.flatMap((frame) => frame.changes as (Change | AppendChange)[])
    const more = changes.reduce((held, change) => {
      if (!('append' in change)) return (change.record as LiveRecord<{ more: string }>).data.more
      return `${held.slice(0, change.append.pieces[0]?.at)}${change.append.pieces[0]?.value}`
    }, '')
    expect(more).toBe(words.join(''))
    expect(changes.some((change) => 'append' in change)).toBe(carriesPieces())
  })
}

function writingSuite(nodes: Nodes): void {
  test('an idempotency key used on one node is known on the others, also at the same moment', async () => {
    const callers = await Promise.all(nodes().map((node) => node.rest('alice')))
    const channel = freshChannel()
    for (let turn = 0; turn < 5; turn++) {
      const key = { 'idempotency-key': `k${turn}` }
      const posts = callers.map((caller) => caller.post<LiveRecord>(at(channel), { text: 'once' }, key)).map(awaitLater)
      const answers = await Promise.all(posts)
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201])
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    }
    expect((await callers[0]?.get<{ head: number }>(`/v1/channels/${channel}`))?.body.head).toBe(5)
  })

  test('[PRM2] when nodes write to one channel at once, every reader of every node receives each change once and in order', async () => {
    const channel = freshChannel()
    const callers = await Promise.all(nodes().map((node) => node.rest('alice')))
    const [writesEach, total] = [60, 180]
    const readings = await Promise.all(
      nodes().map((node, index) => readFrom(node, readTransports[index] ?? bySocket, channel)),
    )
    const posts = callers
      .flatMap((caller, node) =>
        Array.from({ length: writesEach }, (_none, i) => caller.post(at(channel), { text: `${node} ${i}` })),
      )
      .map(awaitLater)
    const answers = await Promise.all(posts)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    for (const reading of readings) {
      const view = foldAll(emptyView(), await reading.reached(total))
      expect(living(view, 'messages').map(({ rev }) => rev)).toEqual(Array.from({ length: total }, (_none, i) => i + 1))
    }
  })
}

function rightsSuite(nodes: Nodes): void {
  test('[N24, N25] the feed of one’s own tells of memberships and markers that were written on other nodes', async () => {
    const [here, there, elsewhere] = nodes()
    const [channel, user] = [freshChannel('team'), `bob${++channels}`]
    const [ann, bob] = [await here.rest('ann'), await elsewhere.rest(user)]
    const socket = await there.connect(user)
    await socket.subscribe(`me:${user}`)
    await ann.put(`/v1/channels/${channel}`, {})
    await ann.post(at(channel, 'members'), { user, role: 'member' })
    const [added] = await socket.reached(`me:${user}`, 1)
    expect(added?.changes).toMatchObject([{ collection: 'memberships', record: { id: channel } }])
    await ann.post(at(channel), { text: 'hi' })
    expect((await bob.put(`/v1/me/channels/${channel}`, { read: 3 })).status).toBe(200)
    const [, moved] = await socket.reached(`me:${user}`, 2)
    expect(moved?.changes).toMatchObject([{ collection: 'markers', record: { data: { channel, read: 3 } } }])
  })

  test('a ticket can be used once over all nodes', async () => {
    const [here, ...others] = nodes()
    const { ticket } = (await (await here.rest('alice')).post<{ ticket: string }>('/v1/tickets', {})).body
    const path = `/v1/ws?ticket=${encodeURIComponent(ticket)}`
    const socket = await others[0].open({ path })
    expect((await socket.hello()).user).toBe('alice')
    const again = await here.open({ path })
    expect(await again.command('hello')).toMatchObject({ error: { code: 'unauthenticated' } })
  })

  test('[B15] a session revoked on one node ends its own readers on the others, and no other', async () => {
    const [here, there] = nodes()
    const channel = freshChannel()
    const exp = Math.floor(Date.now() / 1000) + 3600
    const claims = { sub: 'rosa', exp, iat: exp - 3600, role: 'user' }
    const [phone, laptop] = [
      await signClaims({ ...claims, session: 'ph' }),
      await signClaims({ ...claims, session: 'lt' }),
    ]
    const nobody = await there.rest()
    const [onPhone, onLaptop] = [await there.open(), await there.open()]
    await onPhone.hello(phone)
    await onLaptop.hello(laptop)
    const stream = await openStream({ port: there.port, path: `/v1/channels/${channel}/changes`, token: phone })
    expect((await (await here.rest()).as(phone).delete('/v1/sessions/ph')).status).toBe(204)
    expect((await onPhone.ended()).code).toBe(4401)
    await stream.ended()
    expect((await nobody.as(phone).get('/v1/me')).status).toBe(401)
    expect((await nobody.as(laptop).get('/v1/me')).status).toBe(200)
    expect(await onLaptop.ok('ping')).toHaveProperty('serverTime')
  })

  test('[TOK20] an API key that is made on one node counts on the others, and one that is revoked ends there', async () => {
    const [here, there] = nodes()
    const root = await here.rest('root', { role: 'admin' })
    const { key, id } = (await root.post<{ key: string; id: string }>('/v1/keys', { user: 'billing' })).body
    const service = (await there.rest()).as(key)
    expect((await service.get('/v1/me')).status).toBe(200)
    const socket = await there.open()
    await socket.hello(key)
    const stream = await openStream({ port: there.port, path: `/v1/channels/${freshChannel()}/changes`, token: key })
    expect((await root.delete(`/v1/keys/${id}`)).status).toBe(204)
    expect((await socket.ended()).code).toBe(4401)
    await stream.ended()
    expect((await service.get('/v1/me')).status).toBe(401)
  })

  test.each(readTransports.slice(0, 3))(
    'a membership lost on one node ends its reader on another in log order, by $name',
    async (transport) => {
      const [here, there] = nodes()
      const owner = await here.rest('olga')
      const channel = freshChannel('team')
      await owner.put(`/v1/channels/${channel}`, {})
      await owner.put(at(channel, 'members', 'bob'), { user: 'bob', role: 'member' })
      await owner.post(at(channel), { text: 'seen' })
      const { cursor } = (await owner.get<ChangesReply>(`/v1/channels/${channel}/changes?after=0`)).body
      const reading = await transport.start(there, { channel, after: cursor, user: 'bob' })
      onTestFinished(() => reading.close())
      const ended = awaitLater(reading.ended())
      await owner.delete(at(channel, 'members', 'bob'))
      await owner.post(at(channel), { text: 'not seen' })
      expect(await ended).toMatch(/forbidden|not_found/)
      await expect(transport.start(there, { channel, user: 'bob' })).rejects.toThrow()
    },
  )
}

function patternsSuite(nodes: Nodes): void {
  test.each(patternTransports)(
    '[FOL4, FOL5, FOL10, FOL14] what is written to two nodes is followed from a third, and gone on from at each, by $name',
    async (transport) => {
      const [here, there, elsewhere] = nodes()
      const writers = [await here.rest('alice'), await there.rest('alice')]
      const prefix = `chat:followed-${transport.name.slice(0, 3).toLowerCase()}`
      const channels = ['a', 'b'].map((letter) => `${prefix}-${letter}`)
      const reader = await transport.start(elsewhere, { pattern: `${prefix}-*` })
      onTestFinished(() => reader.close())
      for (let turn = 0; turn < 12; turn++)
        for (const [index, channel] of channels.entries())
          expect((await writers[(turn + index) % 2]?.post(at(channel), { text: `${turn}` }))?.status).toBe(201)
      const isWhole = (parts: readonly Part[]) => channels.every((channel) => revsIn(parts, channel).length >= 12)
      const all = Array.from({ length: 12 }, (_none, index) => index + 1)
      const pages = await reader.until('all changes', isWhole)
      for (const channel of channels) expect(revsIn(partsOf(pages), channel)).toEqual(all)
      const half = Math.floor(pages.length / 2)
      const before = partsOf(pages.slice(0, half + 1))
      for (const node of [here, there]) {
        const again = await transport.start(node, { pattern: `${prefix}-*`, after: String(pages[half]?.cursor) })
        onTestFinished(() => again.close())
        const rest = partsOf(await again.until('the rest', (parts) => isWhole([...before, ...parts])))
        for (const channel of channels) expect([...revsIn(before, channel), ...revsIn(rest, channel)]).toEqual(all)
      }
    },
  )
}
