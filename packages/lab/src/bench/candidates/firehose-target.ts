import type { PostOptions } from '../../load/post-connection.ts'
import type { Usage } from '../../processes/process-agent.ts'
import type { OpenReader } from './dovetail-readers.ts'

/** The address at which one server or node is posted to and read. */
export interface LoadEndpoint {
  readonly post: PostOptions
  readonly openReader: OpenReader
}

/** The target of a firehose: one server or several nodes, to which messages are posted and from which they are read. */
export interface FirehoseTarget {
  readonly name: string
  /** One endpoint for a single server; in a cluster, one for each node. */
  readonly endpoints: readonly LoadEndpoint[]
  /** The body of a post that publishes this text, and the status that answers it. */
  readonly body: (text: string) => string
  readonly status: number
  /** Measures all processes of the target. */
  usage(): Promise<Usage>
  /** Microseconds of CPU by kind of process, where there are several. */
  parts?(): Readonly<Record<string, number>>
  collect(): Promise<void>
  /** How many times the target has sent to readers since its start; absent: it does not report it. */
  flushes?(): Promise<number>
}
