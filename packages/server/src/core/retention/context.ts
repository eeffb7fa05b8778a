/** What retention needs. */
import type { AccessContext } from '../access/context.ts'
import type { LogContext } from '../log/context.ts'
import type { DropContext } from '../write/context.ts'

export type RetentionContext = Pick<AccessContext, 'clock' | 'policies' | 'report'> &
  Pick<LogContext, 'storeOf' | 'groupOf'>

/** What the deletion of unused channels needs. */
export type UnusedChannelsContext = DropContext
