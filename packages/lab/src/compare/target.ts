/** The server that all contenders read from, and what it says it has used. */
import type { Endpoint } from '../contenders/wire/endpoint.ts'

export interface ServerUsage {
  /** Seconds of CPU of the whole process, all its threads, since its start. */
  readonly cpuSeconds: number
  /** Resident. */
  readonly memoryBytes: number
  /** What is in use of that by objects, buffers included. `null`: not told. */
  readonly objectBytes: number | null
}

export interface Target {
  readonly url: string
  readonly endpoint: Endpoint
  /** Who may write. */
  readonly token: string
  /** `null`: the server does not tell. */
  usage(): Promise<ServerUsage | null>
  /** Collects the server's garbage, where that can be asked for. */
  collect(): Promise<void>
  stop(): Promise<void>
}
