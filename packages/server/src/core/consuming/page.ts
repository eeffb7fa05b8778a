/** What a worker of a consumer asks for, is given, and answers. */
import type { ConsumedPart } from './read-parts.ts'

export interface ConsumedPage {
  /** Under which the channels are held; empty where there are none. */
  readonly lease: string
  /** How long they are held unless the lease is renewed, in ms. */
  readonly leaseMs: number
  readonly channels: readonly ConsumedPart[]
  /** Whether there may be more to claim at once. */
  readonly more: boolean
  /** How many channels and changes were read, for the price. */
  readonly looked: number
}

export interface PageRequest {
  /** Who works, as it is shown to people. */
  readonly worker: string
  /** The most changes. */
  readonly changes: number
  /** The most channels; absent: the limit `pollChannels`. */
  readonly channels?: number
  /** About the most bytes of changes; absent: the limit `replyBytes`. */
  readonly bytes?: number
}

export interface Acknowledgement {
  readonly channel: string
  /** The `cursor` of a part, or a cursor within it. */
  readonly cursor: string
  /** Whether the channel stays held, since there is more to do of its part. */
  readonly keep?: boolean
}

export interface Release {
  readonly channel: string
  /** How long nobody gets it, in ms. */
  readonly delayMs: number
}
