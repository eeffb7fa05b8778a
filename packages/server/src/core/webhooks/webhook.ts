/** One webhook of the configuration, as delivery sees it. */
import type { WebhookSender } from '../../ports/webhooks/webhook-sender.ts'

export interface WebhookDefinition {
  readonly name: string
  /** As people see it: without its query, which may hold a secret. */
  readonly url: string
  readonly pattern: string
  readonly from: 'now' | 'beginning'
  readonly retryForMs: number
  /** How many channels one node delivers at once. */
  readonly concurrency: number
  readonly sender: WebhookSender
}

/** The name of the consumer that keeps a webhook's positions. */
export function consumerOf({ name }: Pick<WebhookDefinition, 'name'>): string {
  return `webhook.${name}`
}
