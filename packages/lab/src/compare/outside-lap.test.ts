import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { outsideHttp } from '../contenders/outside/outside-http.ts'
import { outsideWs } from '../contenders/outside/outside-ws.ts'
import { outsideLap } from './outside-lap.ts'

const everyMs = 50

/** Somebody else's server: a new item every 50 ms, in a list and on a socket, by a clock of its own. */
async function outsider(clockAheadMs: number) {
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

const lap = { clients: 2, durationMs: 1000, withinMs: 500, wallClock: () => Date.now() }

test.each([-5000, 5000])(
  'an outside server whose clock is %i ms off: none of its events is dropped or negative',
  async (ahead) => {
    const address = await outsider(ahead)
    const http = { url: `http://${address}/list`, itemsAt: 'data.items', stampAt: 'at', intervalMs: 100 }
    const ws = { url: `ws://${address}/`, stampAt: 'event.at', send: [] }
    const laps = await Promise.all([
      outsideLap({ ...lap, outside: outsideHttp(http) }),
      outsideLap({ ...lap, outside: outsideWs(ws) }),
    ])
    for (const { heard, complaints, busy } of laps) {
      const { count, p50 } = heard.latency.figures()
      expect(complaints).toEqual([])
      // Each of two clients hears some twenty events; a busy machine sends fewer of them.
      expect(count).toBeGreaterThan(4)
      expect(count).toBe(heard.expected)
      // Any use of the other clock as it is would show as 5 s, or as an error.
      expect(p50).toBeLessThan(2500)
      expect(busy.traffic.down.total).toBeGreaterThan(0)
    }
  },
)

test('an answer without a list at the path is complained of', async () => {
  const address = await outsider(0)
  const { complaints } = await outsideLap({
    ...lap,
    outside: outsideHttp({ url: `http://${address}/`, itemsAt: 'data.none', intervalMs: 100 }),
  })
  expect(complaints).toEqual([`a request was lost: it has no list at "data.none"`])
})
