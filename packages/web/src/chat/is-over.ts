import type { LiveSnapshot } from '@dovetail/client'

/** Whether a channel can't be read, or no longer. */
export function isOver({ state }: Pick<LiveSnapshot, 'state'>): boolean {
  return state === 'ended' || state === 'failed'
}
