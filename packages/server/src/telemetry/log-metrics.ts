/** Metrics of the logs: how they advance, how far readers are, and what passes between nodes. */
import type { OutboxCounts } from '../core/outbox/relay.ts'
import type { Families, Read } from './families.ts'
import { none, type Watched } from './watched.ts'

export function registerLogMetrics(family: Families, watched: Watched): void {
  delivery(family, watched)
  commits(family, watched)
  notifications(family, watched)
  if (watched.outbox !== null) outbox(family, watched.outbox)
}

function delivery(family: Families, { hubs, now }: Watched): void {
  const { counts } = hubs
  family.gauge('dovetail_hubs', 'Channels that this node follows now.', [], () => [[none, hubs.size]])
  family.counter('dovetail_flushes_total', 'Turns in which changes were sent to readers.', [], () => [
    [none, hubs.flushes],
  ])
  family.histogram(
    'dovetail_delivery_lag_seconds',
    'From when this node knew of a change until it was written to the live readers of its channel.',
    [],
    () => [[none, counts.deliveryLag]],
  )
  family.gauge('dovetail_feeds', 'Readings of one channel each: live, or behind and catching up.', ['state'], () => {
    const progresses = hubs.all().map(({ progress }) => progress)
    return [
      [{ state: 'live' }, progresses.reduce((sum, { live }) => sum + live, 0)],
      [{ state: 'behind' }, progresses.reduce((sum, { behind }) => sum + behind, 0)],
    ]
  })
  family.gauge('dovetail_feeds_behind_longest_seconds', 'For how long the longest of them has been behind.', [], () => {
    const since = hubs.all().reduce((least, { progress }) => Math.min(least, progress.behindSince), Infinity)
    return [[none, since === Infinity ? 0 : (now() - since) / 1000]]
  })
  family.counter('dovetail_resets_total', 'Readers that were told to start over.', ['reason'], () =>
    Object.entries(counts.resets).map(([reason, count]) => [{ reason }, count]),
  )
}

function commits(family: Families, { groups }: Watched): void {
  const labels = ['storage']
  const each =
    (read: (group: Watched['groups']['durable']) => number): Read =>
    () =>
      Object.entries(groups).map(([storage, group]) => [{ storage }, read(group)])
  family.counter(
    'dovetail_commits_total',
    'Transactions of the store.',
    labels,
    each(({ counts }) => counts.commits),
  )
  family.counter(
    'dovetail_commit_units_total',
    'Writes and batches in them; over commits: how many shared one.',
    labels,
    each(({ counts }) => counts.units),
  )
  family.counter(
    'dovetail_commit_failures_total',
    'Transactions that the store could not do.',
    labels,
    each(({ counts }) => counts.failed),
  )
  family.gauge(
    'dovetail_commit_waiting_units',
    'Writes and batches that wait for the next one.',
    labels,
    each((group) => group.size),
  )
  family.histogram('dovetail_commit_duration_seconds', 'How long a transaction took.', labels, () =>
    Object.entries(groups).map(([storage, { counts }]) => [{ storage }, counts.durations]),
  )
  family.histogram('dovetail_commit_group_units', 'Writes and batches of a transaction.', labels, () =>
    Object.entries(groups).map(([storage, { counts }]) => [{ storage }, counts.sizes]),
  )
}

function notifications(family: Families, { hubs, peers }: Watched): void {
  const counters = [
    ['dovetail_notifications_sent_total', 'Notifications published to other nodes.', () => hubs.counts.published],
    ['dovetail_notifications_received_total', 'Notifications received from other nodes.', () => peers().notifications],
    ['dovetail_notification_gaps_total', 'Times that notifications may have been lost.', () => peers().gaps],
    [
      'dovetail_notification_repairs_total',
      'Times that changes did not come by notification, and were read from the store.',
      () => hubs.counts.repairs,
    ],
    [
      'dovetail_store_check_failures_total',
      'Checks for touched channels that a store did not answer.',
      () => peers().failedChecks,
    ],
  ] as const
  for (const [name, help, read] of counters) family.counter(name, help, [], () => [[none, read()]])
}

function outbox(family: Families, counts: OutboxCounts): void {
  family.counter('dovetail_outbox_relayed_total', 'Writes of the outbox that this node made.', [], () => [
    [none, counts.relayed],
  ])
  family.counter(
    'dovetail_outbox_refused_total',
    'Writes of the outbox that were refused, and are kept there.',
    [],
    () => [[none, counts.refused]],
  )
}
