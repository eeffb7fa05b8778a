import type { Backbone } from '../../../ports/backbone.ts'
import type { LogCounts } from './log-counts.ts'

/** The same backbone, with what is published counted. */
export function countedBackbone(backbone: Backbone, counts: Pick<LogCounts, 'published'>): Backbone {
  return {
    publish: (notification) => {
      counts.published++
      backbone.publish(notification)
    },
    listen: (channel) => backbone.listen(channel),
    onNotification: (listener) => backbone.onNotification(listener),
    onGap: (listener) => backbone.onGap(listener),
    probe: () => backbone.probe(),
    close: () => backbone.close(),
  }
}
