/** What a process and all that it started have used, from the kernel's books. */
import { readFileSync } from 'node:fs'
import { processUsage } from '../process-usage.ts'

/** Microseconds of CPU, those of children that have ended included. */
export function treeCpu(pid: number): number {
  const [own = 0, ...below] = [ownCpu(pid), ...childrenOf(pid).map(treeCpu)]
  return below.reduce((sum, each) => sum + each, own)
}

export function treeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)]
}

function ownCpu(pid: number): number {
  try {
    const { cpu, endedCpu } = processUsage(pid)
    return cpu + endedCpu
  } catch {
    // It has just ended: what it used is in its parent's books now.
    return 0
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
