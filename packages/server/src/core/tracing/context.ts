/** The slice of the core's context with which writes and changes are traced. Both are `null` where nothing is. */
import type { Tracing } from '../../ports/tracing/tracing.ts'
import type { ChangeTraces } from './change-traces.ts'

export interface TracingContext {
  readonly tracing: Tracing | null
  readonly changeTraces: ChangeTraces | null
}
