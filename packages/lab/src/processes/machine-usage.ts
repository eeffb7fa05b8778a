import { readFileSync } from 'node:fs'
import { tickMicroseconds } from './process-usage.ts'

/** Microseconds that all cores of the machine have worked since it started, interrupts not counted; `null`: this system does not report it. */
export function machineCpuMicroseconds(): number | null {
  try {
    const [, user, nice, system, , , , , steal] = readFileSync('/proc/stat', 'latin1').split(/ +/, 9)
    return [user, nice, system, steal].reduce((sum, ticks) => sum + Number(ticks), 0) * tickMicroseconds
  } catch {
    return null
  }
}
