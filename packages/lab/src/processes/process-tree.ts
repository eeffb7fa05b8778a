/** Reads the use of a process and its children from the kernel's statistics. */
import { readFileSync } from 'node:fs'
import { processUsage } from './process-usage.ts'

/** Microseconds of CPU, those of children that have ended included. */
export function processTreeCpu(pid: number): number {
  const [own = 0, ...below] = [ownCpu(pid), ...childrenOf(pid).map(processTreeCpu)]
  return below.reduce((sum, each) => sum + each, own)
}

export function processTree(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(processTree)]
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
