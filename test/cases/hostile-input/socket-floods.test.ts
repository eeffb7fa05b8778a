/** Floods on sockets: who does not slow down is read more slowly, and then closed; who slows down notices nothing. */
import { describe, expect, test } from 'vitest'
import {
  frame,
  opcodes,
  openGreeted,
  type RawLine,
  serverCloseCode,
  serverFrames,
} from '../../support/clients/raw-socket.ts'
import { serving } from '../../support/servers/serving.ts'

type Reply = { id?: number; ok?: unknown; error?: { code: string } }

/** The replies to commands with a number for an id. */
function repliesOf(line: RawLine): Reply[] {
  return serverFrames(line.received())
    .filter(({ opcode }) => opcode === opcodes.text)
    .map(({ payload }) => JSON.parse(payload.toString()) as Reply)
    .filter(({ id }) => typeof id === 'number')
}

function pings(from: number, to: number): Buffer {
  const frames = []
  for (let id = from; id < to; id++)
    frames.push(frame({ opcode: opcodes.text, payload: JSON.stringify({ id, op: 'ping' }) }))
  return Buffer.concat(frames)
}

describe('floods on sockets', () => {
  const server = serving({ limits: { commands: 1, commandsBurst: 20 } })

  test.each([
    ['commands', pings(0, 50_000)],
    ['pongs', Buffer.concat(Array.from({ length: 50_000 }, () => frame({ opcode: opcodes.pong })))],
  ])('[LIM38, LIM16] of %s in one piece are read bit by bit, and closed with 4429', async (what, flood) => {
    const line = await openGreeted(server.port)
    line.write(flood)
    await line.until('the close', (bytes) => serverCloseCode(bytes) !== undefined)
    expect(serverCloseCode(line.received())).toBe(4429)
    await line.ended
    const answered = what === 'commands' ? repliesOf(line) : []
    // In the order asked for and without a gap; what came after too many refusals was not looked at.
    expect(answered.map(({ id }) => id)).toEqual(answered.map((_, at) => at))
    expect(answered.filter(({ ok }) => ok !== undefined).length).toBeGreaterThanOrEqual(what === 'commands' ? 19 : 0)
    expect(answered.length).toBeLessThan(5000)
    expect((await (await server.rest()).get('/healthz')).status).toBe(200)
  })

  test('[LIM16] of one user on many sockets have 1,000 refusals together', async () => {
    const sockets = await Promise.all(Array.from({ length: 8 }, () => server.connect('mallory')))
    for (const socket of sockets) for (let id = 0; id < 2000; id++) socket.send({ id, op: 'ping' })
    const codes = await Promise.all(sockets.map(async (socket) => (await socket.ended()).code))
    expect(codes).toEqual(codes.map(() => 4429))
    const refused = sockets.flatMap(({ frames }) => frames as unknown as Reply[]).filter(({ error }) => error)
    // Not 8,000: each socket is let 20 more, and what came in the same turn.
    expect(refused.length).toBeGreaterThan(900)
    expect(refused.length).toBeLessThan(4000)
  })
})

describe('a client that slows down', () => {
  const server = serving({ limits: { commands: 200, commandsBurst: 100, pingSeconds: 0.1, pongSeconds: 2 } })

  test('[LIM38, LIM11, WSK2] after a burst over its budget has all replies, in order, and keeps its connection', async () => {
    const socket = await server.connect('alice')
    for (let id = 0; id < 900; id++) socket.send({ id, op: 'ping' })
    await socket.reply(899)
    const ids = (socket.frames as unknown as Reply[]).map(({ id }) => id).filter((id) => typeof id === 'number')
    expect(ids).toEqual(Array.from({ length: 900 }, (_, id) => id))
    await expect.poll(async () => 'ok' in (await socket.command('ping'))).toBe(true)
  })

  test('[LIM38] of the same user on another socket is answered meanwhile', async () => {
    const [flooding, quiet] = [await server.connect('bob'), await server.connect('bob')]
    for (let id = 0; id < 900; id++) flooding.send({ id, op: 'ping' })
    expect(await quiet.command('ping')).toMatchObject({ id: expect.anything() })
    await flooding.reply(899)
  })
})
