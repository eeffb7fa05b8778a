/** External servers behind TLS: measured where their certificate is trusted, one line of error where it is not. */
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { CompareResult } from 'dovetail-lab/compare'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { certificate } from '../support/certificate.ts'
import { runDovetail } from '../support/servers/spawn-server.ts'

const everyMs = 50

/** Somebody else's server: a new item every 50 ms, in a list and on a socket. */
async function startExternalServer() {
  const { certFile, key, cert } = await certificate()
  const items: { readonly id: number; readonly at: number }[] = []
  const server = createServer({ key, cert }, (_request, reply) => void reply.end(JSON.stringify({ data: items })))
  const sockets = new WebSocketServer({ server })
  const timer = setInterval(() => {
    const item = { id: items.length, at: Date.now() }
    items.push(item)
    for (const socket of sockets.clients) socket.send(JSON.stringify(item))
  }, everyMs)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    clearInterval(timer)
    sockets.close()
    server.close()
    server.closeAllConnections()
  })
  return { port: (server.address() as AddressInfo).port, certificateFile: certFile }
}

const quick = ['compare', '--quick', '--only', 'sse', '--clients', '2', '--duration', '1s', '--json']

test('an outside server behind TLS is measured, by its name and by its address', { timeout: 120_000 }, async () => {
  const { port, certificateFile } = await startExternalServer()
  const http = ['--http', `https://localhost:${port}/list`, '--items', 'data', '--every', '100ms']
  const ws = ['--ws', `wss://127.0.0.1:${port}/`, '--stamp', 'at']
  const { code, stdout, stderr } = await runDovetail([...quick, ...http, ...ws], {
    NODE_EXTRA_CA_CERTS: certificateFile,
  }).ended
  expect(code, stderr).toBe(0)
  // Nothing but the runs: a name that is an address is warned of by Node.
  expect(stderr).not.toMatch(/warning/i)
  const { contenders } = JSON.parse(stdout) as CompareResult
  for (const name of ['outside-http', 'outside-ws']) {
    const found = contenders.find((each) => each.name === name)
    expect([name, found?.complaints]).toEqual([name, []])
    // Each of two clients hears some twenty events; a busy machine sends fewer of them.
    expect(found?.delivered).toBeGreaterThan(4)
    // What is counted is what is inside of TLS: all of it headers, framing or payload.
    const { down } = found?.bytes ?? {}
    expect(down?.total).toBe(
      (down?.httpHeaders ?? 0) + (down?.chunkFraming ?? 0) + (down?.webSocketFraming ?? 0) + (down?.payload ?? 0),
    )
  }
})

test('compare fails with one line on a certificate that is not trusted, before anything is measured', {
  timeout: 120_000,
}, async () => {
  const { port } = await startExternalServer()
  const not = 'its certificate is not trusted \\(self-signed certificate\\)'
  const urls = {
    '--http': `https://localhost:${port}/list`,
    '--ws': `wss://127.0.0.1:${port}/`,
    '--url': `https://localhost:${port}`,
  }
  for (const [flag, url] of Object.entries(urls)) {
    const { code, stdout, stderr } = await runDovetail([...quick, flag, url, '--stamp', 'at']).ended
    expect([flag, code, stdout]).toEqual([flag, 1, ''])
    const subject = flag === '--url' ? url : `${flag}: ${url}`
    expect(stderr).toMatch(new RegExp(`^dovetail: ${subject}: ${not}; NODE_EXTRA_CA_CERTS can name a file.*\\n$`, 'm'))
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2)
  }
})

test('compare fails with one line on an external server that is not there or has no list', {
  timeout: 120_000,
}, async () => {
  const { port, certificateFile } = await startExternalServer()
  const trusting = { NODE_EXTRA_CA_CERTS: certificateFile }
  const failureOf = async (...args: string[]) => (await runDovetail([...quick, ...args], trusting).ended).stderr
  expect(await failureOf('--http', `https://localhost:${port}/list`, '--items', 'none')).toMatch(
    /^dovetail: --http: https:\/\/localhost:\d+\/list: it has no list at "none"\n$/m,
  )
  expect(await failureOf('--ws', 'wss://127.0.0.1:9/', '--stamp', 'at')).toMatch(
    /^dovetail: --ws: wss:\/\/127.0.0.1:9\/: connect ECONNREFUSED 127.0.0.1:9\n$/m,
  )
})
