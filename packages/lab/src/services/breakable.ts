/** A service that tests may kill, pause and start again where it was. */
import { rm } from 'node:fs/promises'
import type { ServiceProcess } from './service-process.ts'

export interface ServiceControl {
  readonly pid: number
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>
  /** Starts it again where it was, with what it kept. */
  restart(): Promise<void>
  /** It neither answers nor ends, until `resume`. */
  pause(): void
  resume(): void
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

export async function controlService(folder: string, start: () => Promise<ServiceProcess>): Promise<ServiceControl> {
  let running = await start()
  return {
    get pid() {
      return running.pid
    },
    kill: () => running.stop('SIGKILL'),
    restart: async () => {
      await running.stop('SIGKILL')
      running = await start()
    },
    pause: () => running.signal('SIGSTOP'),
    resume: () => running.signal('SIGCONT'),
    stop: async () => {
      await running.stop('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
