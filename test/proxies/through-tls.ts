/** What a proxy with TLS has to do, beside passing everything on. */
import { request as requestPlain } from 'node:http'
import { connect, type IncomingHttpHeaders } from 'node:http2'
import { request as requestOverTls } from 'node:https'
import { expect, onTestFinished } from 'vitest'
import { openSocket, upgradeStatus } from '../support/clients/socket.ts'
import { at, freshChannel } from '../support/paths.ts'
import type { Server } from '../support/servers/serving.ts'
import { until } from '../support/until.ts'

interface TlsPort {
  readonly port: number
  /** The certificate that is trusted, as PEM. */
  readonly ca: string
}

/** The origin that the server allows. */
const origin = 'https://live.example'

export async function expectHardened(server: Server, tls: TlsPort): Promise<void> {
  await expectStream(server, tls)
  await expectSocket(server, tls)
  await expectAddresses(server, tls)
}

/** HTTP/2 with HSTS, and a stream whose events come while it is open. */
async function expectStream(server: Server, { port, ca }: TlsPort): Promise<void> {
  const channel = freshChannel()
  const writer = await server.rest('alice')
  await writer.post(at(channel), { text: '1' })
  const session = connect(`https://localhost:${port}`, { ca })
  onTestFinished(() => session.destroy())
  const path = `/v1/channels/${channel}/changes?after=0`
  const stream = session.request({ ':path': path, accept: 'text/event-stream', origin })
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk) => {
    text += String(chunk)
  })
  const headers = await until(
    'the headers of the stream',
    new Promise<IncomingHttpHeaders>((resolve, reject) => stream.once('response', resolve).once('error', reject)),
  )
  expect(session.alpnProtocol).toBe('h2')
  expect(headers).toMatchObject({
    ':status': 200,
    'content-type': expect.stringContaining('text/event-stream'),
    'strict-transport-security': 'max-age=31536000',
    'access-control-allow-origin': origin,
  })
  await expect.poll(() => text).toContain('"to":1')
  await writer.post(at(channel), { text: 'while it is open' })
  await expect.poll(() => text).toContain('while it is open')
  expect(stream.readableEnded).toBe(false)
}

async function expectSocket(server: Server, { port, ca }: TlsPort): Promise<void> {
  const channel = freshChannel()
  const options = { port, ca, isSecure: true, host: 'localhost' }
  const socket = await openSocket({ ...options, origin })
  onTestFinished(() => socket.terminate())
  await socket.hello()
  await socket.subscribe(channel)
  await (await server.rest('alice')).post(at(channel), { text: 'over TLS' })
  expect((await socket.reached(channel, 1)).at(-1)?.changes[0]).toMatchObject({
    record: { data: { text: 'over TLS' } },
  })
  expect(await upgradeStatus({ ...options, origin: 'https://evil.example' })).toBe(403)
}

/** Guests are counted by the address that connects to the proxy, whatever a client writes in front of it. */
async function expectAddresses(server: Server, { port, ca }: TlsPort): Promise<void> {
  const statuses: number[] = []
  for (const forged of ['203.0.113.1', '203.0.113.2', '203.0.113.3'])
    statuses.push(await guest({ port, ca, localAddress: '127.0.0.7' }, forged))
  expect(statuses).toEqual([201, 201, 429])
  expect(await guest({ port, ca, localAddress: '127.0.0.8' }, '203.0.113.1')).toBe(201)
  // Who gets past the proxy, from elsewhere than its address, is not believed.
  const around: number[] = []
  for (const forged of ['203.0.113.4', '203.0.113.5', '203.0.113.6'])
    around.push(await guest({ port: server.port, localAddress: '127.0.0.9' }, forged))
  expect(around).toEqual([201, 201, 429])
}

interface GuestFrom {
  readonly port: number
  readonly localAddress: string
  /** Without one: not over TLS. */
  readonly ca?: string
}

function guest(from: GuestFrom, forged: string): Promise<number> {
  const headers = { 'x-forwarded-for': forged, 'content-type': 'application/json' }
  const send = from.ca === undefined ? requestPlain : requestOverTls
  const status = new Promise<number>((resolve, reject) => {
    const asked = send({ ...from, host: '127.0.0.1', path: '/v1/guests', method: 'POST', headers }, (reply) => {
      reply.resume()
      resolve(reply.statusCode ?? 0)
    })
    asked.once('error', reject).end('{}')
  })
  return until('the reply to a guest', status)
}
