import type { Network } from '../base/network.ts'
import type { Connection } from '../connection/connection.ts'
import type { Subscriptions } from '../connection/subscriptions.ts'
import type { Outbox } from '../writes/outbox.ts'

/** The parts of one client that its channels, collections and views share. */
export interface Engine {
  readonly network: Network
  readonly connection: Connection
  readonly subscriptions: Subscriptions
  readonly outbox: Outbox
}
