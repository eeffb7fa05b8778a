/** Metrics of readers and their connections, of requests, and of what was refused. */
import type { Families, Read } from './families.ts'
import type { Transport } from './metrics.ts'
import { none, type Watched, type WatchedReader } from './watched.ts'

export function registerReaderMetrics(family: Families, watched: Watched): void {
  readersNow(family, watched)
  connections(family, watched)
  delivered(family, watched)
  refusals(family, watched)
}

function readersNow(family: Families, { metrics, readers }: Watched): void {
  const summed =
    (of: (reader: WatchedReader) => number): Read =>
    () => {
      const sums = new Map<Transport, number>()
      for (const reader of readers) sums.set(reader.transport, (sums.get(reader.transport) ?? 0) + of(reader))
      return transportsOf(metrics).map((transport) => [{ transport }, sums.get(transport) ?? 0])
    }
  const labels = ['transport']
  family.gauge(
    'dovetail_readers',
    'Who reads on now.',
    labels,
    summed(() => 1),
  )
  family.gauge(
    'dovetail_readers_behind',
    'Of these, who takes less than there is: what is missing waits in the log.',
    labels,
    summed(({ outlet }) => (outlet?.isBehind === true ? 1 : 0)),
  )
  family.gauge(
    'dovetail_queued_bytes',
    'Bytes in memory that wait to be sent to readers.',
    labels,
    summed(({ outlet }) => outlet?.queuedBytes ?? 0),
  )
}

function connections(family: Families, { metrics, readers, connections }: Watched): void {
  family.gauge('dovetail_connections', 'Long-lived connections: WebSockets, event streams, parked polls.', [], () => [
    [none, connections()],
  ])
  family.counter('dovetail_connections_opened_total', 'Readers that came.', ['transport'], () =>
    transportsOf(metrics).map((transport) => [{ transport }, readers.openedByTransport.get(transport) ?? 0]),
  )
  family.counter(
    'dovetail_connections_closed_total',
    'Readers that left, by why.',
    ['transport', 'reason'],
    function* () {
      for (const { transport, reason, count } of readers.ended) yield [{ transport, reason }, count]
    },
  )
  family.counter('dovetail_closed_total', 'Connections that the server ended, by close code.', ['code'], function* () {
    // Shown from the start, so that Prometheus sees the first increase.
    if (!metrics.closedByCode.has(4408)) yield [{ code: '4408' }, 0]
    for (const [code, count] of metrics.closedByCode) yield [{ code: String(code) }, count]
  })
}

function delivered(family: Families, { metrics }: Watched): void {
  const each =
    (of: 'frames' | 'bytes'): Read =>
    () =>
      transportsOf(metrics).map((transport) => [{ transport }, metrics.delivered[transport][of]])
  family.counter(
    'dovetail_delivered_frames_total',
    'Frames handed to readers: one to one reader counts as one.',
    ['transport'],
    each('frames'),
  )
  family.counter('dovetail_delivered_bytes_total', 'Bytes of those frames.', ['transport'], each('bytes'))
}

function refusals(family: Families, { metrics }: Watched): void {
  family.counter(
    'dovetail_http_requests_total',
    'Answered requests, by method, route and status.',
    ['method', 'route', 'status'],
    function* () {
      for (const { method, route, status, count } of metrics.requests)
        yield [{ method, route, status: String(status) }, count]
    },
  )
  family.counter(
    'dovetail_refused_total',
    'Refused requests and commands, by error code.',
    ['transport', 'code'],
    function* () {
      for (const [transport, counts] of Object.entries(metrics.refusedByCode)) {
        for (const [code, count] of counts) yield [{ transport, code }, count]
      }
    },
  )
}

function transportsOf(metrics: Watched['metrics']): Transport[] {
  return Object.keys(metrics.delivered) as Transport[]
}
