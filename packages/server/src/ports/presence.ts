/**
 * Who is where, over all nodes. A node says what its own users do and asks what the others' did:
 * the place is asked for moves since a version, so that what was heard twice, late or never costs
 * time and is never wrong. A node that is silent for too long is gone, and its users with it.
 * All methods but `onMoved` and `onDoubt` reject with `StoreUnavailable` where the place is away.
 */

/** What one of this node's users does. Telling the same again changes nothing. */
export interface OwnPresence {
  readonly room: string
  readonly user: string
  /** Connections and leases on this node; 0: the user left it. */
  readonly connections: number
  /** Milliseconds since the Unix epoch. */
  readonly since: number
  /** JSON text that all nodes show from now on; `null`: what is shown stays. */
  readonly state: string | null
}

/** A user on the nodes that are not this one. */
export interface ElsewherePresence {
  readonly user: string
  /** 0: on none of them. */
  readonly connections: number
  /** Milliseconds since the Unix epoch, the earliest. */
  readonly since: number
  readonly state: string | null
}

export interface RoomMoves {
  readonly room: string
  /** Where the next look goes on. */
  readonly version: string
  /** `all`: `users` is everyone elsewhere, whoever is not named is not there. `moved`: only those who moved. */
  readonly extent: 'all' | 'moved'
  readonly users: readonly ElsewherePresence[]
}

export interface PresencePlace {
  tell(own: readonly OwnPresence[]): Promise<void>
  /** In the order asked. A `version` of `null`, or one that can't be gone on from, gives all. */
  moves(rooms: readonly { readonly room: string; readonly version: string | null }[]): Promise<readonly RoomMoves[]>
  /** This node lives; those that have not said so for a lease are ended. `lost`: it was ended itself, or the place forgot everything. */
  beat(): Promise<'kept' | 'lost'>
  /** Another node's users moved in these rooms. */
  onMoved(hear: (rooms: readonly string[]) => void): void
  /** Moves may have gone unheard. */
  onDoubt(doubt: () => void): void
  /** All users of this node leave, at once. */
  leave(): Promise<void>
}
