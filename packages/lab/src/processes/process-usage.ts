/** Reads the use of a process from the kernel's statistics, for processes that do not report it. */
import { readFileSync } from 'node:fs'
import type { Usage } from './process-agent.ts'

/** Linux counts a process's time in hundredths of a second, whatever its clock. */
export const tickMicroseconds = 10_000
const pageBytes = 4096

/** `endedCpu`: what children that have ended had used. */
export function processUsage(pid: number): Usage & { readonly endedCpu: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // After the name, which may hold anything: utime, stime and those of ended children are the 12th to the 15th field, rss the 22nd.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const sum = (...at: readonly number[]): number => at.reduce((all, each) => all + Number(fields[each]), 0)
  return {
    cpu: sum(11, 12) * tickMicroseconds,
    endedCpu: sum(13, 14) * tickMicroseconds,
    rss: sum(21) * pageBytes,
    heap: 0,
  }
}
