import type { PostOptions } from '../load/post-line.ts'
import type { Usage } from './control.ts'
import type { OpenReader } from './dovetail-readers.ts'

/** Where one server, or one node of several, is posted to and read. */
export interface Door {
  readonly post: PostOptions
  readonly openReader: OpenReader
}

/** What messages are poured into. */
export interface PourTarget {
  readonly name: string
  /** One of a server; of a cluster, one of each node. */
  readonly doors: readonly Door[]
  /** The body of a post that publishes this text, and the status that answers it. */
  readonly body: (text: string) => string
  readonly status: number
  /** Of all its processes. */
  usage(): Promise<Usage>
  /** Microseconds of CPU by kind of process, where there are several. */
  parts?(): Readonly<Record<string, number>>
  collect(): Promise<void>
  /** How often it has sent to readers since its start; absent: it doesn't tell. */
  flushes?(): Promise<number>
}
