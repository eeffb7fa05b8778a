/**
 * Metrics of consumers: so many there are (`consumers`), and so many time series; only services and admins make any.
 * What is in the store is the same on every node.
 */
import type { ConsumerFigure } from '../core/consuming/consumer-figures.ts'
import type { Families, Read } from './families.ts'
import type { Watched } from './watched.ts'

const labels = ['consumer']

export function registerConsumerMetrics(family: Families, { consumers }: Watched): void {
  const each =
    (read: (figure: ConsumerFigure) => number): Read =>
    async () =>
      (await consumers()).map((figure) => [{ consumer: figure.name }, read(figure)] as const)
  family.gauge(
    'dovetail_consumer_lag_revisions',
    'Revisions that are not acknowledged, of all channels of the consumer.',
    labels,
    each(({ lag }) => lag),
  )
  family.gauge(
    'dovetail_consumer_behind_channels',
    'Channels with revisions that are not acknowledged.',
    labels,
    each(({ behind }) => behind),
  )
  family.gauge(
    'dovetail_consumer_idle_seconds',
    'For how long no worker of this node has acknowledged anything; at most since the node began.',
    labels,
    each(({ idleSeconds }) => idleSeconds),
  )
  family.gauge(
    'dovetail_consumer_workers',
    'Workers that hold channels now.',
    labels,
    each(({ workers }) => workers),
  )
  family.gauge(
    'dovetail_consumer_held_channels',
    'Channels that they hold, under leases.',
    labels,
    each(({ held }) => held),
  )
}
