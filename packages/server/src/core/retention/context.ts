/** What retention needs. */
import type { AccessContext } from '../access/context.ts'
import type { LogContext } from '../log/context.ts'

export type RetentionContext = Pick<AccessContext, 'clock' | 'policies' | 'report'> &
  Pick<LogContext, 'storeOf' | 'groupOf'>
