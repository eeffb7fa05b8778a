/** What a process and all that it started have used, from the kernel's books. */
import { readFileSync } from 'node:fs'

const tickMicroseconds = 10_000

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
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // After the name, which may hold anything: utime, stime and those of ended children are the 12th to the 15th field.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0) * tickMicroseconds
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
