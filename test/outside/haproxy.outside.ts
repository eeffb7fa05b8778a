/** The HAProxy configuration of docs/proxies.md starts and passes every transport on [P10]. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, ServiceProcess } from 'dovetail-lab/services'
import { describe, onTestFinished, test } from 'vitest'
import { documented } from '../proxies/configurations.ts'
import { expectEveryTransport } from '../proxies/through-proxy.ts'
import { serving } from '../support/servers/serving.ts'

describe('HAProxy', () => {
  const server = serving({ trustProxy: 1 })

  test('[P10] passes every transport on, by the file of docs/proxies.md alone', async () => {
    const listen = await freePort()
    const [file = ''] = await documented('haproxy', { listen, server: server.port })
    const folder = await mkdtemp(join(tmpdir(), 'dovetail-haproxy-'))
    await writeFile(join(folder, 'haproxy.cfg'), file)
    const running = await ServiceProcess.start({
      name: 'haproxy',
      command: 'haproxy',
      args: ['-db', '-f', join(folder, 'haproxy.cfg')],
      env: { PATH: `${process.env.PATH}:/usr/sbin` },
      port: listen,
    })
    onTestFinished(async () => {
      await running.stop('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    })
    await expectEveryTransport(server, listen)
  })
})
