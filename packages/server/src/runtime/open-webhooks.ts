/** The webhooks of the configuration. The library that signs is loaded where there are some. */
import type { Config } from '../core/access/policy.ts'
import type { Core } from '../core/core.ts'
import type { WebhookDefinition } from '../core/webhooks/webhook.ts'
import { Webhooks } from '../core/webhooks/webhooks.ts'
import { serviceCaller } from '../in-process/service-caller.ts'
import { loadAdapter, StartFailure } from '../load-adapter.ts'
import type { WebhookNotes } from '../ports/webhooks/webhook-notes.ts'
import { version } from '../version.ts'

/** @throws StartFailure where a secret can't be read, or the library is missing */
export async function webhookDefinitions({ webhooks = [] }: Config): Promise<readonly WebhookDefinition[]> {
  if (webhooks.length === 0) return []
  const { openWebhooks } = await loadAdapter('webhooks', 'standardwebhooks', () => import('../webhooks/open.ts'))
  return await orStartFailure(() => openWebhooks(webhooks, { version, variables: process.env }))
}

export function webhooksOf(
  core: Core,
  notes: WebhookNotes,
  definitions: readonly WebhookDefinition[],
  logLine: (line: string) => void,
): Webhooks {
  return new Webhooks({ core, notes, definitions, caller: serviceCaller('webhooks'), chance: Math.random, logLine })
}

/** @throws StartFailure where a pattern names no namespace, or a name was given to another pattern before */
export async function beginWebhooks(webhooks: Webhooks): Promise<void> {
  await orStartFailure(() => webhooks.begin())
}

async function orStartFailure<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (cause) {
    throw new StartFailure(`webhooks: ${(cause as Error).message}`, { cause })
  }
}
