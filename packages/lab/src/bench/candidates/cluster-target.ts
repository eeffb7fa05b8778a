/** How several nodes of one product, which share the posted messages, are measured. */

import { processTreeCpu } from '../../processes/process-tree.ts'
import type { FirehoseTarget } from './firehose-target.ts'

export interface ClusterTarget extends FirehoseTarget {
  /** What the product keeps of a message, in words. */
  readonly durability: string
  stop(): Promise<void>
}

/** The processes, by kind: `nodes`, `redis`, … */
export type Parts = Readonly<Record<string, readonly number[]>>

/** Measures all of these processes together. */
export function usageOf(parts: Parts): Pick<FirehoseTarget, 'usage' | 'parts' | 'collect'> {
  const cpuOf = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + processTreeCpu(pid), 0)
  return {
    usage: async () => ({ cpu: cpuOf(Object.values(parts).flat()), rss: 0, heap: 0 }),
    parts: () => Object.fromEntries(Object.entries(parts).map(([name, pids]) => [name, cpuOf(pids)])),
    // They collect their garbage when they like.
    collect: async () => {},
  }
}
