/** Each configuration of docs/proxies.md that needs more than nginx starts and passes every transport on [P10]. */
import { describe, test } from 'vitest'
import { expectEveryTransport } from '../proxies/through-proxy.ts'
import { serving } from '../support/servers/serving.ts'
import { proxyNames, startProxy } from './proxies/proxies.ts'

describe('by the file of docs/proxies.md alone', () => {
  const server = serving({ trustProxy: 1 })

  test.each(proxyNames)('[P10] %s passes every transport on', async (name) => {
    const url = await startProxy(name, server.port, (text) => text)
    await expectEveryTransport(server, Number(new URL(url).port))
  })
})
