/** What every transport needs: the core, authentication, limits of connections, log and metrics. */

import type { ApiKeyOffice } from '../auth/api-keys.ts'
import type { FileAddresses } from '../auth/file-addresses.ts'
import type { GuestOffice } from '../auth/guests.ts'
import type { Tickets } from '../auth/tickets.ts'
import type { Core } from '../core/core.ts'
import type { OutboxCounts } from '../core/outbox/relay.ts'
import type { WebhookOffice } from '../core/webhooks/verbs.ts'
import type { Logger } from '../telemetry/log.ts'
import type { HasMetrics } from '../telemetry/metric-registry.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { NodeFigures } from '../telemetry/status/node-figures.ts'
import type { RecentEvents } from '../telemetry/status/recent-events.ts'
import type { Connections } from './connections/connections.ts'
import type { KernelQueues } from './connections/kernel-gauge.ts'
import type { Readers } from './connections/readers.ts'
import type { Guardable } from './contract/operation.ts'
import type { Callers } from './http/callers.ts'
import type { Origins } from './http/origins.ts'
import type { AddressOf } from './http/peer-address.ts'

export interface TransportContext {
  readonly core: Core
  /** The path in front of `/v1`, where the application's own server has this one under a path; else empty. */
  readonly basePath: string
  readonly callers: Callers
  readonly connections: Connections
  readonly origins: Origins
  readonly guests: GuestOffice
  readonly tickets: Tickets
  readonly apiKeys: ApiKeyOffice
  readonly webhooks: WebhookOffice
  readonly fileAddresses: FileAddresses
  /** What of the server itself only services and admins may ask for. */
  readonly guarded: ReadonlySet<Guardable>
  readonly readers: Readers
  readonly kernelQueues: KernelQueues
  readonly log: Logger
  readonly metrics: Metrics
  /** The application's own; `null`: there is none, and only `/metrics` has the metrics. */
  readonly registry: { join(metrics: HasMetrics): void } | null
  /** What was refused and ended lately. */
  readonly events: RecentEvents
  readonly nodeFigures: NodeFigures
  /** `null`: the store has no outbox. */
  readonly outbox: OutboxCounts | null
  /** Of this package. */
  readonly version: string
  /** The client address of a request, by which limits count. */
  readonly addressOf: AddressOf
  /** Whether the node shuts down: it still serves, but `/readyz` answers that it is not ready. */
  isDraining(): boolean
}
