import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { expect, onTestFinished, test } from 'vitest'
import { HttpSender, retryAfterMs } from './http-sender.ts'
import { signer } from './sign.ts'

const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD']

async function listening(server: TcpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve(undefined))))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function receiving(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  const url = await listening(server)
  onTestFinished(() => server.closeAllConnections())
  return url
}

function senderTo(url: string, more: Partial<ConstructorParameters<typeof HttpSender>[0]> = {}): HttpSender {
  const sign = signer(secrets)
  const sender = new HttpSender({
    ...{ url, sign, timeoutMs: 45_000, allowPrivate: true, concurrency: 2, userAgent: 'dovetail/1' },
    ...more,
  })
  onTestFinished(() => sender.close())
  return sender
}

function request(body = '{"type":"webhook.test"}', signal = new AbortController().signal) {
  return { id: 'evt_1', body, at: Date.now(), signal }
}

test('[WHK1, WHK3] a request is a POST of JSON that standardwebhooks verifies by each of the secrets', async () => {
  const verified: unknown[] = []
  const url = await receiving(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const headers = incoming.headers as Record<string, string>
    for (const secret of secrets) verified.push(new Webhook(secret).verify(Buffer.concat(chunks).toString(), headers))
    expect([
      incoming.method,
      incoming.url,
      headers['content-type'],
      headers['webhook-id'],
      headers['user-agent'],
    ]).toEqual(['POST', '/hook?key=1', 'application/json', 'evt_1', 'dovetail/1'])
    response.writeHead(200).end('thanks')
  })
  const outcome = await senderTo(`${url}/hook?key=1`).send(request('{"text":"é ✓"}'))
  expect(outcome).toEqual({ kind: 'answered', status: 200, retryAfterMs: null })
  expect(verified).toEqual([{ text: 'é ✓' }, { text: 'é ✓' }])
})

test('[WHK6] a redirect is an answer and is not followed', async () => {
  const asked: unknown[] = []
  const url = await receiving(({ url: path }, response) => {
    asked.push(path)
    response.writeHead(307, { location: '/elsewhere' }).end()
  })
  expect(await senderTo(`${url}/hook`).send(request())).toMatchObject({ kind: 'answered', status: 307 })
  expect(asked).toEqual(['/hook'])
})

test('[WHK6] a private address is not connected to, whether it stands in the URL or is looked up', async () => {
  let asked = 0
  const url = await receiving((_incoming, response) => {
    asked++
    response.end()
  })
  const named = url.replace('127.0.0.1', 'localhost')
  for (const each of [url, named])
    expect(await senderTo(each, { allowPrivate: false }).send(request()), each).toEqual({
      kind: 'failed',
      reason: expect.stringContaining('has no public address'),
    })
  expect(asked).toBe(0)
})

test('a receiver that does not answer in time, or can not be reached, is a failure with a reason', async () => {
  const silent = await receiving(() => undefined)
  expect(await senderTo(silent, { timeoutMs: 50 }).send(request())).toEqual({
    kind: 'failed',
    reason: 'no answer within 0.05 s',
  })
  const closed = createTcpServer()
  const url = await listening(closed)
  await new Promise((resolve) => closed.close(resolve))
  expect(await senderTo(url).send(request())).toEqual({ kind: 'failed', reason: 'no connection: ECONNREFUSED' })
})

test('a request is stopped by its signal', async () => {
  const stop = new AbortController()
  const silent = await receiving(() => stop.abort())
  expect(await senderTo(silent).send(request('{}', stop.signal))).toEqual({ kind: 'stopped' })
})

test('an answer without an end is read no further than some kilobytes', async () => {
  let noteEnd: () => void = () => undefined
  const ended = new Promise<void>((resolve) => {
    noteEnd = resolve
  })
  const url = await receiving((_incoming, response) => {
    response.on('close', noteEnd)
    const write = (): void => {
      if (!response.destroyed) response.write('x'.repeat(65_536), write)
    }
    write()
  })
  expect(await senderTo(url).send(request())).toMatchObject({ status: 200 })
  await ended
})

test('an answer whose body stands still gives its connection back when the time is over', async () => {
  const url = await receiving((_incoming, response) => {
    response.write('x')
  })
  const sender = senderTo(url, { timeoutMs: 200, concurrency: 1 })
  expect(await sender.send(request())).toMatchObject({ status: 200 })
  // The next request needs the only connection.
  await expect.poll(() => sender.send(request())).toMatchObject({ status: 200 })
})

test('a connection that the receiver closed while it was kept is no failure', async () => {
  let asked = 0
  const url = await receiving((incoming, response) => {
    asked++
    response.writeHead(204).end(() => setImmediate(() => incoming.socket.destroy()))
  })
  const sender = senderTo(url)
  for (let time = 0; time < 20; time++) expect(await sender.send(request())).toMatchObject({ status: 204 })
  expect(asked).toBe(20)
})

test('[WHK8] Retry-After is seconds or a date', () => {
  const now = Date.parse('2026-11-30T10:00:00Z')
  const texts = [undefined, '120', 'Mon, 30 Nov 2026 10:01:00 GMT', 'Mon, 30 Nov 2026 09:00:00 GMT', 'soon']
  expect(texts.map((text) => retryAfterMs(text, now))).toEqual([null, 120_000, 60_000, 0, null])
})
