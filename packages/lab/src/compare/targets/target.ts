/** The server that all candidates read from, and its reported use. */
import type { Endpoint } from '../../traffic/endpoint.ts'

export interface ServerUsage {
  /** Seconds of CPU of the whole process, all its threads, since its start. */
  readonly cpuSeconds: number
  /** Resident. */
  readonly memoryBytes: number
  /** What is in use of that by objects, buffers included. `null`: not reported. */
  readonly objectBytes: number | null
}

export interface Target {
  readonly url: string
  readonly endpoint: Endpoint
  /** Who may write. */
  readonly token: string
  /** `null`: the server does not report it. */
  usage(): Promise<ServerUsage | null>
  /** Collects the server's garbage, where that can be asked for. */
  collect(): Promise<void>
  stop(): Promise<void>
}
