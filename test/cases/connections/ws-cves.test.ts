/** What `ws` once got wrong, tried on this server: a case for each advisory of the library. */
import { describe, expect, test } from 'vitest'
import {
  closeFrame,
  frame,
  opcodes,
  openGreeted,
  openLine,
  openUpgraded,
  serverCloseCode,
  serverFrames,
  upgradeRequest,
} from '../../support/clients/raw-socket.ts'
import { serving } from '../../support/servers/serving.ts'

describe('advisories of ws', () => {
  const server = serving({ limits: { pingSeconds: 0.1, pongSeconds: 30, commands: 1, commandsBurst: 20 } })
  const alive = async () => expect((await (await server.rest()).get('/healthz')).status).toBe(200)

  async function headOf(request: string): Promise<string> {
    const line = await openLine(server.port)
    line.write(request)
    const received = await line.until('an answer', (bytes) => bytes.includes('\r\n\r\n'))
    line.destroy()
    return received.toString('latin1').split('\r\n\r\n')[0] ?? ''
  }

  test('[LIM10] CVE-2016-10518: the server’s ping carries no memory, and its pong what the ping carried', async () => {
    const line = await openGreeted(server.port)
    line.write(frame({ opcode: opcodes.ping, payload: 'seven\0!' }))
    const isBoth = (bytes: Buffer) => new Set(serverFrames(bytes).map(({ opcode }) => opcode)).size === 3
    const received = await line.until('a ping and a pong', isBoth)
    line.destroy()
    for (const { opcode, payload } of serverFrames(received)) {
      if (opcode === opcodes.ping) expect(payload).toHaveLength(0)
      if (opcode === opcodes.pong) expect(String(payload)).toBe('seven\0!')
    }
  })

  test('[CLO5] CVE-2016-10542: a message is limited, whether its length is declared or it comes in fragments', async () => {
    for (const flood of [
      [frame({ opcode: opcodes.text, payload: 'x', claims: 2n ** 31n })],
      Array.from({ length: 4 }, (_, n) =>
        frame({ opcode: n === 0 ? opcodes.text : opcodes.continuation, payload: 'y'.repeat(50_000), fin: false }),
      ),
    ]) {
      const line = await openGreeted(server.port)
      line.write(Buffer.concat(flood))
      const received = await line.until('a close', (bytes) => serverCloseCode(bytes) !== undefined)
      expect(serverCloseCode(received)).toBe(1009)
    }
    await alive()
  })

  test('[WSK1] GHSA-5v72-xg48-5rpm: an extension named like a property of every object does no harm', async () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf; x=1']) {
      const head = await headOf(upgradeRequest({ 'Sec-WebSocket-Extensions': name }))
      expect(head).toMatch(/^HTTP\/1\.1 (101|400) /)
      expect(head).not.toMatch(/sec-websocket-extensions/i)
    }
    await alive()
  })

  // Nothing is timed: a pattern that backtracks would outlast the test.
  test('[WSK1] CVE-2021-32640: a subprotocol of white space costs no time', async () => {
    for (const padding of [' '.repeat(14_000), '\t'.repeat(14_000), ' ,'.repeat(7_000)]) {
      expect(await headOf(upgradeRequest({ 'Sec-WebSocket-Protocol': `a${padding}b` }))).toMatch(/^HTTP\/1\.1 400 /)
    }
    await alive()
  })

  test('[WSK1, ERR16] CVE-2024-37890: more headers than are read do no harm, with the upgrade among them or beyond', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_990 }, (_, n) => [`x${n}`, '']))
    const [before, after] = [upgradeRequest(many), upgradeRequest({ Upgrade: null, ...many, Upgrade2: 'websocket' })]
    for (const request of [before, after, upgradeRequest({ ...many, Connection: 'Upgrade', Upgrade: 'websocket' })]) {
      expect(await headOf(request)).toMatch(/^HTTP\/1\.1 (101|400|404|405|426|431) /)
    }
    await alive()
  })

  test('[CLO1, CLO8] CVE-2026-45736: a close frame carries its reason and no memory beyond it', async () => {
    const line = await openUpgraded(server.port)
    line.write(frame({ opcode: opcodes.text, payload: '[]' }))
    const received = await line.until('a close', (bytes) => serverCloseCode(bytes) !== undefined)
    const close = serverFrames(received).find(({ opcode }) => opcode === opcodes.close)
    expect(close?.payload.readUInt16BE(0)).toBe(4400)
    expect(close?.payload.subarray(2).toString('utf8')).toMatch(/^[\x20-\x7e]{1,123}$/)
    line.write(closeFrame(4400))
    await line.ended
  })

  test('[CLO7] CVE-2026-48779: a message of many tiny or empty fragments is closed at the 65th', async () => {
    for (const payload of ['', 'x']) {
      const line = await openGreeted(server.port)
      line.write(frame({ opcode: opcodes.text, payload: '{', fin: false }))
      for (let n = 0; n < 63; n++) line.write(frame({ opcode: opcodes.continuation, payload, fin: false }))
      line.write(frame({ opcode: opcodes.ping, payload: 'still here?' }))
      await line.until('the pong', (bytes) => serverFrames(bytes).some(({ opcode }) => opcode === opcodes.pong))
      expect(serverCloseCode(line.received())).toBeUndefined()
      const flood = Array.from({ length: 30_000 }, () => frame({ opcode: opcodes.continuation, payload, fin: false }))
      line.write(Buffer.concat(flood))
      const received = await line.until('a close', (bytes) => serverCloseCode(bytes) !== undefined)
      expect(serverCloseCode(received)).toBe(1008)
    }
    await alive()
  })

  test('[LIM16] a peer that floods pings and reads no pongs is disconnected, and costs nobody else', async () => {
    const line = await openGreeted(server.port)
    line.pause()
    const ping = frame({ opcode: opcodes.ping, payload: 'p'.repeat(125) })
    line.write(Buffer.concat(Array.from({ length: 50_000 }, () => ping)))
    line.resume()
    // A close frame may be lost: what was sent and not read makes the end a reset.
    await line.ended
    const pongs = serverFrames(line.received()).filter(({ opcode }) => opcode === opcodes.pong).length
    expect(pongs).toBeLessThan(50_000)
    await alive()
  })

  test('[CLO12, LIM16] pings count as commands: a peer that sends too many is closed, also if it reads the pongs', async () => {
    const line = await openGreeted(server.port)
    const pings = Buffer.concat(Array.from({ length: 40 }, () => frame({ opcode: opcodes.ping })))
    const pongs = () => serverFrames(line.received()).filter(({ opcode }) => opcode === opcodes.pong).length
    const isClosed = () => serverCloseCode(line.received()) !== undefined
    for (let sent = 40; sent <= 5_000 && !isClosed(); sent += 40) {
      line.write(pings)
      await line.until('the pongs', () => pongs() >= sent || isClosed())
    }
    expect(serverCloseCode(line.received())).toBe(4429)
    line.destroy()
  })
})
