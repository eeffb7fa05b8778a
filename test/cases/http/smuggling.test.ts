import { describe, expect, test } from 'vitest'
import { openLine, upgradeRequest } from '../../support/clients/raw-socket.ts'
import { serving } from '../../support/servers/serving.ts'

const second = 'GET /v1/limits HTTP/1.1\r\nHost: second\r\n\r\n'
const chunked = `5\r\nhello\r\n0\r\n\r\n${second}`
const post = (headers: string) =>
  `POST /v1/guests HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n\r\n`

/** Requests whose end two parsers may see differently, or that no server should accept as an upgrade. */
const ambiguous: [string, string][] = [
  ['both lengths', `${post('Content-Length: 5\r\nTransfer-Encoding: chunked')}${chunked}`],
  ['two content lengths', `${post('Content-Length: 2\r\nContent-Length: 44')}{}${second}`],
  ['a list of content lengths', `${post('Content-Length: 2, 2')}{}${second}`],
  ['a signed content length', `${post('Content-Length: +2')}{}${second}`],
  ['a hexadecimal content length', `${post('Content-Length: 0x2')}{}${second}`],
  ['an unknown transfer coding', `${post('Transfer-Encoding: xchunked')}${chunked}`],
  ['chunked before another coding', `${post('Transfer-Encoding: chunked, identity')}${chunked}`],
  ['a space before the colon', `${post('Transfer-Encoding : chunked')}${chunked}`],
  ['a folded header', `${post('X-Folded: a\r\n Transfer-Encoding: chunked')}${chunked}`],
  ['an invalid chunk size', `${post('Transfer-Encoding: chunked')}zz\r\n${second}`],
  ['a header without a name', `${post(': a')}${second}`],
  ['a NUL in a header', `${post('X-Null: a\0b')}${second}`],
  ['a line that ends in LF alone', `GET /v1/me HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n${chunked}`],
]

const upgrades: [string, string, RegExp][] = [
  ['a fragment in its path', upgradeRequest({}, 'GET', '/v1/ws#x'), /^HTTP\/1\.1 4\d\d /],
  ['a declared body', upgradeRequest({ 'Content-Length': String(second.length) }) + second, /^HTTP\/1\.1 400 /],
  ['a chunked body', upgradeRequest({ 'Transfer-Encoding': 'chunked' }) + chunked, /^HTTP\/1\.1 400 /],
  ['a second request behind it', upgradeRequest() + second, /^HTTP\/1\.1 400 /],
  ['another version', upgradeRequest({ 'Sec-WebSocket-Version': '777' }) + second, /^HTTP\/1\.1 4\d\d /],
  ['no version', upgradeRequest({ 'Sec-WebSocket-Version': null }) + second, /^HTTP\/1\.1 4\d\d /],
  ['another method', upgradeRequest({}, 'POST') + second, /^HTTP\/1\.1 4\d\d /],
  ['h2c', upgradeRequest({ Upgrade: 'h2c' }) + second, /^HTTP\/1\.1 4\d\d /],
  ['two protocols', upgradeRequest({ Upgrade: 'h2c, websocket' }) + second, /^HTTP\/1\.1 4\d\d /],
  ['an encoded slash in its path', upgradeRequest({}, 'GET', '/v1%2fws') + second, /^HTTP\/1\.1 4\d\d /],
  ['a doubled slash in its path', upgradeRequest({}, 'GET', '//v1/ws') + second, /^HTTP\/1\.1 4\d\d /],
  ['.. in its path', upgradeRequest({}, 'GET', '/v1/x/../ws') + second, /^HTTP\/1\.1 4\d\d /],
]

describe('requests within requests', () => {
  const server = serving()

  /** All that the server says until it ends the line. */
  async function answersTo(bytes: string): Promise<string> {
    const line = await openLine(server.port)
    line.write(Buffer.from(bytes, 'latin1'))
    await line.ended
    return line.received().toString('latin1')
  }

  test.each(ambiguous)(
    '[ERR10] a request with %s is refused, the connection ends, and nothing after it is read',
    async (_what, bytes) => {
      const answers = await answersTo(bytes)
      expect(answers).toMatch(/^HTTP\/1\.1 400 /)
      expect(answers.split('HTTP/1.1 ')).toHaveLength(2)
      expect(answers).not.toContain('recordBytes')
    },
  )

  test.each(upgrades)(
    '[WSK1, WSK28] an upgrade with %s gets no 101, and nothing after it is read',
    async (_what, bytes, status) => {
      const answers = await answersTo(bytes)
      expect(answers).toMatch(status)
      expect(answers).not.toMatch(/ 101 /)
      expect(answers).not.toContain('recordBytes')
    },
  )
})
