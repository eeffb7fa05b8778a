/** What bringing records to their newest shape needs. */
import type { Store } from '../../ports/store.ts'
import type { AccessContext } from '../access/context.ts'
import type { LogContext } from '../log/context.ts'

export interface StoredContext {
  /** The durable store with its records as they are stored, of collections that have left the configuration too. */
  readonly stored: Store
}

export type SchemaContext = AccessContext & Pick<LogContext, 'storeOf' | 'groupOf'> & StoredContext
