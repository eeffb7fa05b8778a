import type { LiveSnapshot } from 'dovetail-client'

/** Whether the channel can't be read, or no longer. */
export function isUnavailable({ state }: Pick<LiveSnapshot, 'state'>): boolean {
  return state === 'ended' || state === 'failed'
}
