import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { externalHttp } from '../../external/external-http.ts'
import { externalWebSocket } from '../../external/external-websocket.ts'
import { runExternalRound } from './run-external-round.ts'

const everyMs = 50

/** Somebody else's server: a new item every 50 ms, in a list and on a socket, by a clock of its own. */
async function startExternalServer(clockAheadMs: number) {
  const items: { readonly id: number; readonly at: string }[] = []
  const server = createServer((_request, reply) => void reply.end(JSON.stringify({ data: { items } })))
  const sockets = new WebSocketServer({ server })
  const timer = setInterval(() => {
    const at = Date.now() + clockAheadMs
    items.push({ id: items.length, at: new Date(at).toISOString() })
    for (const socket of sockets.clients) socket.send(JSON.stringify({ event: { at } }))
  }, everyMs)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    clearInterval(timer)
    sockets.close()
    server.close()
    server.closeAllConnections()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const settings = { clients: 2, durationMs: 1000, withinMs: 500, wallClock: () => Date.now() }

test.each([-5000, 5000])(
  'an external server whose clock is %i ms off: no event is dropped and no latency negative',
  async (clockAheadMs) => {
    const address = await startExternalServer(clockAheadMs)
    const http = { url: `http://${address}/list`, itemsPath: 'data.items', timestampPath: 'at', intervalMs: 100 }
    const ws = { url: `ws://${address}/`, timestampPath: 'event.at', send: [] }
    const roundResults = await Promise.all([
      runExternalRound({ ...settings, source: externalHttp(http) }),
      runExternalRound({ ...settings, source: externalWebSocket(ws) }),
    ])
    for (const { receipts, complaints, busy } of roundResults) {
      const { count, p50 } = receipts.latency.figures()
      expect(complaints).toEqual([])
      // Each of two clients receives some twenty events; a busy machine sends fewer of them.
      expect(count).toBeGreaterThan(4)
      expect(count).toBe(receipts.expected)
      // Any use of the other clock as it is would show as 5 s, or as an error.
      expect(p50).toBeLessThan(2500)
      expect(busy.traffic.down.total).toBeGreaterThan(0)
    }
  },
)

test('a reply without a list at the path is reported as a problem', async () => {
  const address = await startExternalServer(0)
  const { complaints } = await runExternalRound({
    ...settings,
    source: externalHttp({ url: `http://${address}/`, itemsPath: 'data.none', intervalMs: 100 }),
  })
  expect(complaints).toEqual([`a request was lost: it has no list at "data.none"`])
})
