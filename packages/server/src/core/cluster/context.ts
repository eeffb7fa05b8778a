/** What a node needs to learn what the other nodes did. */
import type { Peers } from './peers.ts'

export interface ClusterContext {
  readonly peers: Peers
}
