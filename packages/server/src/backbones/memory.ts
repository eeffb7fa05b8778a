/** The doorbell of one process: there is nobody else to ring. */
import type { Backbone } from '../ports/backbone.ts'

export function openMemoryBackbone(): Backbone {
  return {
    ring: () => {},
    listen: async () => () => {},
    onBell: () => {},
    onDoubt: () => {},
    close: async () => {},
  }
}
