/** What webhooks need. */
import type { ConsumerVerbContext } from '../consuming/verb-context.ts'

export type WebhookContext = ConsumerVerbContext
