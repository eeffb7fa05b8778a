/** Caddy with TLS by the lines of docs/security.md, with a certificate that was made for the test. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, ServiceProcess } from 'dovetail-lab/services'
import { describe, onTestFinished, test } from 'vitest'
import { documented } from '../proxies/configurations.ts'
import { hardened } from '../proxies/hardened-server.ts'
import { expectHardened } from '../proxies/through-tls.ts'
import { certificate } from '../support/certificate.ts'
import { serving } from '../support/servers/serving.ts'

describe('Caddy with TLS', () => {
  const server = serving(hardened)

  test('speaks HTTP/2, asks browsers to come by TLS only, and passes on upgrades, streams and who comes', async () => {
    const listen = await freePort()
    const identity = await certificate()
    const [text = ''] = await documented('caddyfile', { listen, server: server.port }, 'security.md')
    const file = text
      .replace('live.example {', `https://localhost:${listen}, https://127.0.0.1:${listen} {`)
      .replace('/etc/ssl/live.example/fullchain.pem', identity.certFile)
      .replace('/etc/ssl/live.example/privkey.pem', identity.keyFile)
    const folder = await mkdtemp(join(tmpdir(), 'dovetail-caddy-'))
    // No port for its own administration, and none for plain HTTP.
    await writeFile(join(folder, 'Caddyfile'), `{\n  admin off\n  auto_https disable_redirects\n}\n${file}`)
    const running = await ServiceProcess.start({
      name: 'caddy',
      command: 'caddy',
      args: ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
      env: { PATH: process.env.PATH ?? '', HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
      port: listen,
    })
    onTestFinished(async () => {
      await running.stop('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    })
    await expectHardened(server, { port: listen, ca: identity.cert })
  })
})
