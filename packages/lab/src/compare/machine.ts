import { arch, cpus, platform, totalmem } from 'node:os'

export interface Machine {
  readonly node: string
  readonly system: string
  readonly processor: string
  readonly cores: number
  readonly memoryBytes: number
}

/** What one needs to know of a machine to judge figures measured on it, and nothing that names it. */
export function describeMachine(): Machine {
  const all = cpus()
  return {
    node: process.version,
    system: `${platform()} ${arch()}`,
    processor: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryBytes: totalmem(),
  }
}
