/** What the verbs about everything that is kept of one person need. */
import type { AccessContext, SignInContext } from '../access/context.ts'
import type { FileContext } from '../files/context.ts'
import type { LogContext } from '../log/context.ts'
import type { AccountContext } from '../read/context.ts'

export type PersonContext = AccessContext &
  Pick<SignInContext, 'revocations'> &
  Pick<FileContext, 'files'> &
  Pick<LogContext, 'storeOf' | 'groupOf' | 'hubs' | 'backbone'> &
  Pick<AccountContext, 'accounts' | 'limits'>
