/** nginx with TLS by the lines of docs/security.md, with a certificate that was made for the test. */
import { connect } from 'node:tls'
import { freePort } from 'dovetail-lab/services'
import { describe, expect, onTestFinished, test } from 'vitest'
import { certificate } from '../support/certificate.ts'
import { serving } from '../support/servers/serving.ts'
import { documented } from './configurations.ts'
import { hardened } from './hardened-server.ts'
import { startNginx } from './running-nginx.ts'
import { expectHardened } from './through-tls.ts'

/** Resolves with the refusal of a handshake; rejects where it succeeds. */
function refusedHandshake(port: number, version: 'TLSv1.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    // Node itself speaks old versions only at the lowest level of its ciphers.
    const options = { port, host: '127.0.0.1', maxVersion: version, minVersion: version, rejectUnauthorized: false }
    const socket = connect({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' }, () => reject(new Error('it was accepted')))
    socket.once('error', ({ message }) => resolve(message))
    onTestFinished(() => void socket.destroy())
  })
}

describe('nginx with TLS', () => {
  const server = serving(hardened)

  test('speaks HTTP/2, asks browsers to come by TLS only, and passes on upgrades, streams and who comes', async () => {
    const [tls, plain] = [await freePort(), await freePort()]
    const identity = await certificate()
    const [text = ''] = await documented('nginx', { listen: plain, server: server.port }, 'security.md')
    const file = text
      .replace('listen 443 ssl', `listen 127.0.0.1:${tls} ssl`)
      .replace('/etc/ssl/live.example/fullchain.pem', identity.certFile)
      .replace('/etc/ssl/live.example/privkey.pem', identity.keyFile)
    await startNginx(file, tls)
    await expectHardened(server, { port: tls, ca: identity.cert })
    const redirected = await fetch(`http://127.0.0.1:${plain}/chat?x=1`, { redirect: 'manual' })
    expect([redirected.status, redirected.headers.get('location')]).toEqual([301, 'https://live.example/chat?x=1'])
    expect(await refusedHandshake(tls, 'TLSv1.1')).toMatch(/alert protocol version/i)
  })
})
