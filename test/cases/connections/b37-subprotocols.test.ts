import { describe, expect, test } from 'vitest'
import { openLine, upgradeRequest } from '../../support/clients/raw-socket.ts'
import { serving } from '../../support/servers/serving.ts'

describe('B37', () => {
  const server = serving()

  test.each([
    [['vX, dovetail.v1'], 101, 'dovetail.v1'],
    [['vX', 'dovetail.v1'], 101, 'dovetail.v1'],
    [['dovetail.v1, dovetail.v1x'], 101, 'dovetail.v1'],
    [['vX'], 400, null],
    [['Dovetail.V1'], 400, null],
    [['bearer, eyJhbGciOiJIUzI1NiJ9.e30.x'], 400, null],
    [[], 101, null],
  ])('[WSK1] B37: an upgrade that offers the subprotocols %j is answered by %i', async (offers, status, chosen) => {
    const lines = offers.map((offer) => `Sec-WebSocket-Protocol: ${offer}\r\n`).join('')
    const line = await openLine(server.port)
    line.write(upgradeRequest().replace('\r\n\r\n', `\r\n${lines}\r\n`))
    const answer = String(await line.until('an answer', (bytes) => bytes.includes('\r\n\r\n')))
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(/^sec-websocket-protocol: *(\S+)\r$/im.exec(answer)?.[1] ?? null).toBe(chosen)
    line.destroy()
  })
})
