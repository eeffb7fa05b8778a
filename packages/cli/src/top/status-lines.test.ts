import type { ServerStatus } from 'dovetail-protocol'
import { expect, test } from 'vitest'
import { statusLines } from './status-lines.ts'

const status: ServerStatus = {
  at: '2026-01-01T12:00:00.000Z',
  node: 'one:4600',
  nodes: [
    {
      ...{ name: 'one:4600', version: '1.0.0', state: 'leaving', connections: 3, readers: 1200, readersBehind: 2 },
      ...{ startedAt: '2026-01-01T09:00:00.000Z', heardAt: '2026-01-01T12:00:00.000Z', channels: 4 },
      ...{ writesPerSecond: 3.25, framesPerSecond: 4100.4, lagMs: 1.26, memoryBytes: 210_000_000, busyShare: 0.318 },
    },
  ],
  channels: [{ channel: 'chat:a', head: 9, readers: 3, behind: 1, behindSeconds: 61, changesPerSecond: 0 }],
  slowReaders: [],
  resets: [{ at: '2026-01-01T11:59:00.000Z', channel: 'chat:a', reason: 'epoch', user: null }],
  refusals: [
    {
      ...{ at: '2026-01-01T11:59:30.000Z', transport: 'http', request: 'GET /v1/me', code: 'unauthenticated' },
      ...{ detail: 'A token\u001b[31m is needed.', user: null, address: '10.0.0.7' },
    },
  ],
  ends: [],
}

test('the lines show nodes, channels, and what was refused with its reason', () => {
  const text = statusLines(status, 'http://x', { columns: null, rows: null }).join('\n')
  expect(text).toContain('dovetail at http://x, 12:00:00 UTC, answered by one:4600')
  expect(text).toMatch(/one:4600 \(leaving\) │ +1200 │ +2 │ +3\.3 │ +4100 │ +1\.3 │ +200 │ +32 │ +3h/)
  expect(text).toMatch(/chat:a +│ +0\.0 │ +3 │ +1 │ +1m │ +9/)
  expect(text).toContain('Slow readers of this node: none')
  expect(text).toMatch(/11:59:30 │ unauthenticated │ 10\.0\.0\.7 │ GET \/v1\/me │ A token\?\[31m is needed\./)
  expect(text).toContain('Lately: 1 refused, 1 started over, 0 ended by the server')
})

test('the lines fit the terminal', () => {
  const lines = statusLines(status, 'http://x', { columns: 40, rows: 8 })
  expect([lines.length, Math.max(...lines.map((line) => line.length))]).toEqual([7, 39])
})
