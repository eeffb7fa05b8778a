/** Several nodes of one make that share what is posted: how they are measured. */
import type { PourTarget } from '../pour-target.ts'
import { treeCpu } from './tree-usage.ts'

export interface ClusterTarget extends PourTarget {
  /** What it keeps of a message, in words. */
  readonly keeps: string
  stop(): Promise<void>
}

/** Processes by what they are: `nodes`, `redis`, … */
export type Parts = Readonly<Record<string, readonly number[]>>

/** How all of these processes are measured, as one. */
export function usageOf(parts: Parts): Pick<PourTarget, 'usage' | 'parts' | 'collect'> {
  const cpuOf = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + treeCpu(pid), 0)
  return {
    usage: async () => ({ cpu: cpuOf(Object.values(parts).flat()), rss: 0, heap: 0 }),
    parts: () => Object.fromEntries(Object.entries(parts).map(([name, pids]) => [name, cpuOf(pids)])),
    // They collect their garbage when they like.
    collect: async () => {},
  }
}
