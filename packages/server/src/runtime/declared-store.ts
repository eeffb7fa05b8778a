import type { Policies } from '../core/access/policy.ts'
import { DeclaredStore } from '../core/schema/declared-store.ts'
import { schemaLines } from '../core/schema/schema-lines.ts'
import { recentFits } from '../core/schema/schema-walk.ts'
import type { Store } from '../ports/store.ts'
import type { Logger } from '../telemetry/log.ts'
import { logEvent } from '../telemetry/log-events.ts'

/** The store as the configuration knows it. What does not fit, of the latest records, is logged in a line each. */
export async function declaredStore(store: Store, policies: Policies, log: Logger): Promise<Store> {
  const lines = schemaLines((await recentFits(store, policies)).all)
  for (const line of lines) logEvent(log, 'warning', {}, `among the latest records: ${line}`)
  if (lines.length > 0)
    logEvent(log, 'warning', {}, 'to compare all records with the configuration: dovetail schema check')
  return new DeclaredStore(store, policies)
}
