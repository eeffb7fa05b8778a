import { expect, test } from 'vitest'
import { parseMetrics } from './parse-metrics.ts'
import { type WorkTable, workTables } from './work-tables.ts'

function rowsOf(tables: readonly WorkTable[]): Record<string, readonly string[]> {
  return Object.fromEntries(tables.flatMap(({ rows }) => rows.map(({ name, values }) => [name, values])))
}

const busy = `
dovetail_readers{transport="websocket"} 12
dovetail_readers{transport="long_poll"} 3
dovetail_delivered_bytes_total{transport="sse"} 1536
dovetail_commits_total{storage="durable"} 40
dovetail_commit_units_total{storage="durable"} 100
dovetail_commit_duration_seconds_sum{storage="durable"} 0.1
dovetail_refused_total{transport="http",code="not_found"} 7
dovetail_refused_total{transport="websocket",code="rate_limited"} 1
dovetail_refused_total{transport="http",code="of_a_newer_server"} 2
dovetail_closed_total{code="4408"} 1
dovetail_connections 1
dovetail_hubs 5
`

test('work tables group the metrics by subject, in the order of their columns', () => {
  const rows = rowsOf(workTables(parseMetrics(busy)))
  expect(rows['Readers now']).toEqual(['12', '0', '3'])
  expect(rows.Sent).toEqual(['0 B', '1.5 KB', '0 B'])
  expect(rows['Writes per transaction']).toEqual(['2.5', '–'])
  expect(rows['Time per transaction']).toEqual(['2.5 ms', '–'])
  expect(workTables(parseMetrics(busy))[0]?.about).toContain('1 connection open, 5 channels followed')
})

test('work tables name refusals and close codes in words, unknown ones by their code', () => {
  const rows = rowsOf(workTables(parseMetrics(busy)))
  expect(rows).toMatchObject({
    'There is no such thing (HTTP)': ['7'],
    'Too many requests (WebSocket)': ['1'],
    'of_a_newer_server (HTTP)': ['2'],
    'Connection ended: the peer stopped answering or reading (4408)': ['1'],
  })
})

test('work tables of a new server show zeros, and say that nothing was refused', () => {
  const tables = workTables(parseMetrics('dovetail_closed_total{code="4408"} 0'))
  expect(rowsOf(tables)['Writes and batches']).toEqual(['0', '0'])
  expect(tables.at(-1)).toMatchObject({ rows: [], about: expect.stringContaining('Nothing was refused') })
})
