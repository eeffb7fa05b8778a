import type { Connection } from './connection.ts'
import type { Network } from './network.ts'
import type { Outbox } from './outbox.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { Writer } from './writer.ts'

/** The parts of one client that its channels, collections and views share. */
export interface Engine {
  readonly network: Network
  readonly connection: Connection
  readonly subscriptions: Subscriptions
  readonly writer: Writer
  readonly outbox: Outbox
}
