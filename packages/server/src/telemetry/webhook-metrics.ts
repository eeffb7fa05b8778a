/** Metrics of webhooks. Their names are those of the configuration, so that no user can create a time series. */
import type { KnownWebhook } from '../core/webhooks/webhooks.ts'
import type { Families, Read } from './families.ts'
import type { Watched } from './watched.ts'

const labels = ['webhook']

export function registerWebhookMetrics(family: Families, { webhooks: all, wallNow }: Watched): void {
  const webhooks = all()
  if (webhooks.length === 0) return
  const each =
    (read: (webhook: KnownWebhook) => number | Promise<number>): Read =>
    () =>
      Promise.all(webhooks.map(async (one) => [{ webhook: one.definition.name }, await read(one)] as const))
  family.counter('dovetail_webhook_deliveries_total', 'Requests to receivers.', [...labels, 'outcome'], () =>
    webhooks.flatMap(({ definition: { name: webhook }, counts }) => [
      [{ webhook, outcome: 'accepted' }, counts.accepted] as const,
      [{ webhook, outcome: 'failed' }, counts.failed] as const,
    ]),
  )
  family.counter(
    'dovetail_webhook_given_up_total',
    'Events that this node gave up.',
    labels,
    each(({ counts }) => counts.givenUp),
  )
  family.counter(
    'dovetail_webhook_lost_total',
    'Events that were given up and left the list, as others came.',
    labels,
    each(({ counts }) => counts.lost),
  )
  kept(family, each, wallNow)
}

/** What is in the store, the same on every node. */
function kept(
  family: Families,
  each: (read: (webhook: KnownWebhook) => Promise<number>) => Read,
  wallNow: () => number,
): void {
  family.gauge(
    'dovetail_webhook_failing_channels',
    'Channels whose next event was not accepted yet.',
    labels,
    each(async ({ notebook }) => (await notebook.failingCount()).count),
  )
  family.gauge(
    'dovetail_webhook_failing_seconds',
    'For how long the oldest of these events has failed.',
    labels,
    each(async ({ notebook }) => {
      const { oldestAt } = await notebook.failingCount()
      return oldestAt === null ? 0 : Math.max(0, (wallNow() - oldestAt) / 1000)
    }),
  )
  family.gauge(
    'dovetail_webhook_dead_letters',
    'Events that were given up and wait for a replay.',
    labels,
    each(async ({ notebook }) => (await notebook.givenUpCount()).count),
  )
  family.gauge(
    'dovetail_webhook_ended',
    '1 where the receiver answered 410.',
    labels,
    each(async ({ notebook }) => ((await notebook.endedAt()) === null ? 0 : 1)),
  )
}
