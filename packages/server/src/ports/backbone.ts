/**
 * Notifications between nodes. A backbone may lose, repeat, delay and reorder notifications. A
 * notification says that a channel has a new head, and may include the changes where they are small; the
 * store remains the source of truth. Every adapter passes the suite in `backbone.contract.ts`.
 */

import type { Stop } from './clock.ts'
import type { StoredRecord } from './stored-record.ts'
import type { ChangeTrace } from './tracing/tracing.ts'

/** How a node says that it is: figures for people who look after the servers. */
export interface NodeReport {
  /** The name of the machine and the id of the process there; at most 128 characters. */
  readonly name: string
  readonly version: string
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number
  readonly isLeaving: boolean
  readonly connections: number
  readonly readers: number
  readonly readersBehind: number
  readonly channels: number
  readonly writesPerSecond: number
  readonly framesPerSecond: number
  /** The mean delivery lag; `null`: nothing was delivered lately. */
  readonly lagMs: number | null
  readonly memoryBytes: number
  /** Between 0 and 1. */
  readonly busyShare: number
}

export type Notification =
  | {
      readonly kind: 'advanced'
      readonly channel: string
      readonly epoch: string
      /** The channel's head after these changes. */
      readonly head: number
      /** The changes up to `head`, with no revision missing; empty where they are not sent. */
      readonly changes: readonly StoredRecord[]
      /** No change that is not sent is one of a membership. Absent: that is not known. */
      readonly membersUnchanged?: true
      /** Of those changes that are traced; absent: none is. */
      readonly traces?: readonly ChangeTrace[]
    }
  | { readonly kind: 'dropped'; readonly channel: string }
  | {
      readonly kind: 'signal'
      readonly channel: string
      readonly type: string
      /** JSON text. */
      readonly data: string
      readonly user: string | null
    }
  /** Sign-ins were revoked. Reaches every node, whichever channels it listens to. */
  | { readonly kind: 'revoked' }
  /** How the node that publishes it is. Reaches every node. */
  | { readonly kind: 'node'; readonly report: NodeReport }

/** The channel that a notification is about; `null`: it is for all nodes, whichever channels they listen to. */
export function channelOf(notification: Notification): string | null {
  return 'channel' in notification ? notification.channel : null
}

export interface Backbone {
  /**
   * Sends the notification to the other nodes. Never throws and never waits: a lost notification costs
   * time, not data.
   */
  publish(notification: Notification): void
  /**
   * Resolves when this node receives the notifications of this channel. Where this node is disconnected
   * it resolves at once, and `onGap` is called after the reconnect. Returns the function that stops
   * listening. Rejects only where the backbone is closed.
   */
  listen(channel: string): Promise<Stop>
  /**
   * `listener` gets each notification of another node that is for all nodes or for a channel listened to
   * here. Set once, before the first `listen`.
   */
  onNotification(listener: (notification: Notification) => void): void
  /**
   * `listener` is called when notifications may have been lost, such as after a reconnect. The node then
   * reads the store.
   */
  onGap(listener: () => void): void
  /**
   * Sends a notification to this node alone. Resolves when it has arrived; rejects where it does not
   * arrive within seconds.
   */
  probe(): Promise<void>
  close(): Promise<void>
}
