/** What a process has used, from the kernel's books: for processes that can't be asked. */
import { readFileSync } from 'node:fs'
import type { Usage } from './control.ts'

/** Linux counts a process's time in hundredths of a second, whatever its clock. */
const tickMicroseconds = 10_000
const pageBytes = 4096

export function processUsage(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // After the name, which may hold anything: utime and stime are the 12th and 13th fields, rss the 22nd.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const cpu = (Number(fields[11]) + Number(fields[12])) * tickMicroseconds
  return { cpu, rss: Number(fields[21]) * pageBytes, heap: 0 }
}
