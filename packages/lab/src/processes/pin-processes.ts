import { spawnSync } from 'node:child_process'
import { processTree } from './process-tree.ts'

/** Puts processes that run, with all their threads and all that they started, on these cores (as `0,2-7`); `null`: any. */
export function pinProcesses(cores: string | null, pids: readonly number[]): void {
  if (cores === null) return
  for (const pid of pids.flatMap(processTree))
    spawnSync('taskset', ['-a', '-p', '-c', cores, String(pid)], { stdio: 'ignore' })
}
