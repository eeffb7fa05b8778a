/** What every door is given. */
import type { Logger } from 'pino'
import type { GuestOffice } from '../auth/guests.ts'
import type { Tickets } from '../auth/tickets.ts'
import type { Core } from '../core/core.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Callers } from './callers.ts'
import type { Connections } from './connections.ts'
import type { Origins } from './origins.ts'
import type { Readers } from './readers.ts'

export interface Door {
  readonly core: Core
  readonly callers: Callers
  readonly connections: Connections
  readonly origins: Origins
  readonly guests: GuestOffice
  readonly tickets: Tickets
  readonly readers: Readers
  readonly log: Logger
  readonly metrics: Metrics
  readonly trustProxy: boolean
  /** Whether the node is leaving: nothing new is begun. */
  isDraining(): boolean
}
