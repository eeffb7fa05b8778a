import type { Backbone } from '../../../ports/backbone.ts'
import type { LogCounts } from './log-counts.ts'

/** The same backbone, with what is published counted, but for the reports of nodes: these tell of no change. */
export function countedBackbone(backbone: Backbone, counts: Pick<LogCounts, 'published'>): Backbone {
  return {
    publish: (notification) => {
      if (notification.kind !== 'node') counts.published++
      backbone.publish(notification)
    },
    listen: (channel) => backbone.listen(channel),
    onNotification: (listener) => backbone.onNotification(listener),
    onGap: (listener) => backbone.onGap(listener),
    probe: () => backbone.probe(),
    close: () => backbone.close(),
  }
}
