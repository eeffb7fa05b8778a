/** The nginx configurations of docs/proxies.md start by themselves and do what the page says [P10]. */
import { freePort } from 'dovetail-lab/services'
import type { ChangesReply } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { at, freshChannel } from '../support/paths.ts'
import { serverAt, serving } from '../support/servers/serving.ts'
import { documented } from './configurations.ts'
import { startNginx } from './running-nginx.ts'
import { expectEveryTransport } from './through-proxy.ts'

describe('nginx', () => {
  const server = serving({ trustProxy: 1 })

  test('[P10] passes every transport on, by the file of docs/proxies.md alone', async () => {
    const listen = await freePort()
    const [file = ''] = await documented('nginx', { listen, server: server.port })
    await startNginx(file, listen)
    await expectEveryTransport(server, listen)
  })

  test('[P10] that caches and joins equal requests lets long-polls of one URL through, by the lines of docs/proxies.md', async () => {
    const listen = await freePort()
    const [file = '', lines = '', map = ''] = await documented('nginx', { listen, server: server.port })
    const caching = 'proxy_cache all; proxy_cache_lock on; proxy_cache_valid any 1s; proxy_cache_lock_timeout 60s;'
    const inside = file.replace('proxy_http_version 1.1;', `proxy_http_version 1.1; ${caching}\n${lines}`)
    await startNginx(`proxy_cache_path CACHE keys_zone=all:1m;\n${map}\n${inside}`, listen)
    const through = serverAt(listen)
    onTestFinished(() => through.stop())
    const channel = freshChannel()
    const writer = await server.rest('alice')
    await writer.post(at(channel), { text: '1' })
    const path = `/v1/channels/${channel}/changes`
    const { cursor } = (await writer.get<ChangesReply>(`${path}?after=0`)).body
    const readers = await Promise.all(Array.from({ length: 8 }, () => through.rest()))
    const polls = readers.map((reader) => reader.get<ChangesReply>(`${path}?after=${cursor}&wait=25`))
    // All of them are parked here, where a lock would have let one come.
    await expect
      .poll(async () => (await writer.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers, {
        timeout: 20_000,
      })
      .toBeGreaterThanOrEqual(8)
    await writer.post(at(channel), { text: '2' })
    for (const { body } of await Promise.all(polls)) expect(body.to).toBe(2)
  })
})
