/** Metrics of the node itself, and of what it stands on. */
import type { Families } from './families.ts'
import { none, type Watched } from './watched.ts'

export function registerNodeMetrics(family: Families, watched: Watched): void {
  const { indexing, isDraining, parts, store, version } = watched
  family.gauge('dovetail_build_info', 'Always 1; its labels say what runs.', ['version', 'node'], () => [
    [{ version, node: process.version }, 1],
  ])
  family.gauge('dovetail_draining', '1 while the node is leaving.', [], () => [[none, isDraining() ? 1 : 0]])
  family.gauge('dovetail_part_up', '1 where what the node depends on answers, else 0.', ['part'], async () =>
    Object.entries(await parts()).flatMap(([part, check]) =>
      check === undefined ? [] : [[{ part }, check.status === 'ok' ? 1 : 0] as const],
    ),
  )
  family.gauge(
    'dovetail_search_records_to_index',
    'Records that are still to be indexed anew; 0: searches are complete.',
    [],
    () => {
      const progress = indexing()
      // At least 1 until the end, as the number of records is only about right.
      return [[none, progress === null ? 0 : Math.max(1, progress.total - progress.done)]]
    },
  )
  family.gauge('dovetail_store_connections', 'Connections of the store to its server.', ['pool', 'state'], async () => {
    const { pools = [] } = await store()
    return pools.flatMap(({ name, idle, busy }) => [
      [{ pool: name, state: 'idle' }, idle] as const,
      [{ pool: name, state: 'busy' }, busy] as const,
    ])
  })
  family.gauge('dovetail_store_waiting_calls', 'Calls that wait for a connection.', ['pool'], async () =>
    ((await store()).pools ?? []).map(({ name, waiting }) => [{ pool: name }, waiting] as const),
  )
  family.gauge(
    'dovetail_store_log_bytes',
    "The size of the store's write-ahead log, its file.",
    ['storage'],
    async () => {
      const { logBytes } = await store()
      return logBytes === undefined ? [] : [[{ storage: 'durable' }, logBytes]]
    },
  )
}
