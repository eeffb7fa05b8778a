/**
 * Named consumers: each keeps its position in every channel, and says which channels are held by which worker. The
 * store is the truth for all nodes: a channel is held under a lease, by the store's own clock, and whoever lost the
 * lease can move the position no more. All methods throw `StoreUnavailable`.
 */
export interface StoredConsumer {
  readonly name: string
  readonly pattern: string
  /** New with each making and each reset, so that nodes see that what they know of positions is void. */
  readonly version: string
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
}

export interface ChannelCursor {
  readonly channel: string
  /** Everything up to here was acknowledged; `0`: nothing was. */
  readonly cursor: string
}

export interface ConsumerPosition extends ChannelCursor {
  /** Who holds the channel now; `null`: nobody does. */
  readonly worker: string | null
  /** In how many ms the channel can be claimed, unless its lease is renewed; 0: now. */
  readonly freeInMs: number
}

export interface ClaimRequest {
  readonly consumer: string
  readonly channels: readonly string[]
  /** An id that no other claim has. */
  readonly lease: string
  /** Who claims, as it is shown to people. */
  readonly worker: string
  readonly leaseMs: number
}

export interface Claims {
  /** The channels that are now held under the lease, from where they are read on. */
  readonly claimed: readonly ChannelCursor[]
  /** The other ones. */
  readonly refused: readonly { readonly channel: string; readonly freeInMs: number }[]
}

export interface Settlement {
  readonly channel: string
  /** The new position; `null`: it stays. */
  readonly cursor: string | null
  /** Whether the channel stays held under the lease. */
  readonly keep: boolean
  /** How long a channel that is not kept can't be claimed, in ms. */
  readonly delayMs: number
}

export interface Consumers {
  /** Makes the consumer with these positions, or finds the one that has this name. Resolves when it is durable. */
  make(
    consumer: StoredConsumer,
    positions: readonly ChannelCursor[],
  ): Promise<{
    readonly made: boolean
    readonly consumer: StoredConsumer
  }>
  find(name: string): Promise<StoredConsumer | null>
  /** In the order of their names. */
  list(): Promise<readonly StoredConsumer[]>
  /** Replaces all positions, and ends all leases. `false`: there is no such consumer. */
  reset(name: string, version: string, positions: readonly ChannelCursor[]): Promise<boolean>
  /** `false`: there was none. */
  drop(name: string): Promise<boolean>
  /** The channels that have a position, or are held or delayed, in any order. */
  positions(name: string): Promise<readonly ConsumerPosition[]>
  /** Holds those of the channels that nobody holds and that are not delayed. `null`: there is no such consumer. */
  claim(request: ClaimRequest): Promise<Claims | null>
  /**
   * Moves positions, and keeps or frees their channels. `false`, and nothing is done, where one of the channels was not
   * claimed by this lease last. A position does not move back in one log, unless what is given began anew after a purge
   * (`<epoch>.<rev>~<floor>` with another floor, above the position). A channel that was freed may be settled again until somebody claims it; one that was
   * freed at the position `0` without delay is forgotten.
   */
  settle(consumer: string, lease: string, settlements: readonly Settlement[]): Promise<boolean>
  /** Prolongs the lease of the channels that are held under it. Returns how many there are. */
  renew(consumer: string, lease: string, leaseMs: number): Promise<number>
}
