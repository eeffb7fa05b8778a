/**
 * Who is present, over all nodes. A node publishes what its own users do, and reads what users of other
 * nodes did since a version: a publication that arrives twice, late or never costs time and is never
 * wrong. The users of a node that is silent for longer than its lease are removed. All methods but
 * `onMoved` and `onGap` reject with `StoreUnavailable` where the store can't be reached.
 */

/** What one user does on this node. Publishing the same again changes nothing. */
export interface OwnPresence {
  readonly room: string
  readonly user: string
  /** Connections and leases of the user on this node; 0 where the user has left it. */
  readonly connections: number
  /** Milliseconds since the Unix epoch. */
  readonly since: number
  /**
   * JSON text: the latest state that the user's connections and leases on this node hold; `null` where
   * they hold none.
   */
  readonly state: string | null
  /**
   * When that state was set, in ms since the Unix epoch; 0 where there is none. Of several nodes' states
   * the latest is shown.
   */
  readonly stateAt: number
}

/** One user as the other nodes published it. */
export interface ElsewherePresence {
  readonly user: string
  /** Connections on all other nodes; 0 where the user is on none of them. */
  readonly connections: number
  /** The earliest time on those nodes, in milliseconds since the Unix epoch. */
  readonly since: number
  /** JSON text: the latest state that the user holds on those nodes; `null` where there is none. */
  readonly state: string | null
  /** When that state was set, in ms since the Unix epoch; 0 where there is none. */
  readonly stateAt: number
}

export interface RoomMoves {
  readonly room: string
  /** The version to pass to the next call. */
  readonly version: string
  /** `all`: `users` lists everyone on other nodes. `moved`: `users` lists only the users who moved. */
  readonly extent: 'all' | 'moved'
  readonly users: readonly ElsewherePresence[]
}

export interface PresenceStore {
  publish(own: readonly OwnPresence[]): Promise<void>
  /** Gives the rooms in the order requested. A `version` of `null`, or one that can't be continued, gives all users. */
  moves(rooms: readonly { readonly room: string; readonly version: string | null }[]): Promise<readonly RoomMoves[]>
  /**
   * Renews this node's lease and removes nodes whose lease has expired. `lost`: this node itself was
   * removed, or the store lost everything.
   */
  beat(): Promise<'kept' | 'lost'>
  /** `listener` gets the rooms in which users of another node moved. */
  onMoved(listener: (rooms: readonly string[]) => void): void
  /** `listener` is called when notifications of moves may have been lost. */
  onGap(listener: () => void): void
  /** Removes all users of this node, at once. */
  leave(): Promise<void>
}
