import { expect, test } from 'vitest'
import { parseMetrics } from './parse-metrics.ts'

const text = `# HELP dovetail_connections Open connections.
# TYPE dovetail_connections gauge
dovetail_connections{transport="websocket"} 12
dovetail_refused_total{transport="http",code="not_found"} 3

# HELP lag Event loop.
lag_bucket{le="0.1"} 4
lag_sum 1.5e-3
`

test('metrics are parsed with labels and values, histogram buckets are left out', () => {
  expect(parseMetrics(text)).toEqual([
    { name: 'dovetail_connections', labels: { transport: 'websocket' }, value: 12 },
    { name: 'dovetail_refused_total', labels: { transport: 'http', code: 'not_found' }, value: 3 },
    { name: 'lag_sum', labels: {}, value: 0.0015 },
  ])
})
