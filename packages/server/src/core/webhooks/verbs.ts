/** What services and admins see of webhooks, and do with them. */
import type { DeadLetterList, Webhook, WebhookDelivery } from 'dovetail-protocol'
import { encodeTestEvent } from '../../wire/webhooks.ts'
import type { Caller } from '../access/caller.ts'
import { requireStaff } from '../access/require-staff.ts'
import { Failure } from '../rules/failure.ts'
import type { WebhookContext } from './context.ts'
import type { GivenUp } from './notebook.ts'
import { isAccepted, reasonOf } from './retry.ts'
import type { KnownWebhook, Webhooks } from './webhooks.ts'

/** What the verbs of webhooks need. */
export interface WebhookOffice {
  readonly core: Pick<WebhookContext, 'clock' | 'newId'>
  readonly webhooks: Webhooks
}

export async function listWebhooks({ webhooks }: WebhookOffice, caller: Caller): Promise<Webhook[]> {
  requireWebhookStaff(caller)
  return await Promise.all(webhooks.all.map(shown))
}

async function shown({ definition, notebook }: KnownWebhook): Promise<Webhook> {
  const { name, url, pattern } = definition
  const [endedAt, failing, dead] = [
    await notebook.endedAt(),
    await notebook.failingCount(),
    await notebook.givenUpCount(),
  ]
  return {
    ...{ name, url, pattern, endedAt: dateOf(endedAt) },
    ...{ failingChannels: failing.count, failingSince: dateOf(failing.oldestAt), deadLetters: dead.count },
  }
}

/** `after`: the id of the last one that was seen; `null`: from the oldest. */
export async function listDeadLetters(
  { webhooks }: WebhookOffice,
  caller: Caller,
  { name, after, limit }: { readonly name: string; readonly after: string | null; readonly limit: number },
): Promise<DeadLetterList> {
  requireWebhookStaff(caller)
  const found = await requireWebhook(webhooks, name).notebook.listGivenUp(after, limit + 1)
  const failed = found.slice(0, limit).map(({ id, type, channel, attempts, since, at, reason }) => ({
    ...{ id, type, channel, attempts, reason },
    ...{ failedAt: new Date(since).toISOString(), givenUpAt: new Date(at).toISOString() },
  }))
  return { failed, more: found.length > limit }
}

/** Sends an event again that was given up. It leaves the list where it is accepted. */
export async function replayDeadLetter(
  { core, webhooks }: WebhookOffice,
  caller: Caller,
  { name, id }: { readonly name: string; readonly id: string },
): Promise<WebhookDelivery> {
  requireWebhookStaff(caller)
  const { definition, notebook } = requireWebhook(webhooks, name)
  const letter = await notebook.givenUp(id)
  if (letter === null) throw new Failure('not_found', `"${name}" has not given up "${id}".`)
  const delivery = await send(core, definition, letter)
  if (delivery.accepted) await notebook.forgetGivenUp(id)
  return delivery
}

/** Sends an event of the type `webhook.test`. */
export async function testWebhook(
  { core, webhooks }: WebhookOffice,
  caller: Caller,
  name: string,
): Promise<WebhookDelivery> {
  requireWebhookStaff(caller)
  const { definition } = requireWebhook(webhooks, name)
  const body = encodeTestEvent({ at: core.clock.now(), webhook: name })
  return await send(core, definition, { id: `evt_${core.newId()}`, body })
}

/** Goes on with a webhook that its receiver ended, from where it was. */
export async function resumeWebhook({ webhooks }: WebhookOffice, caller: Caller, name: string): Promise<void> {
  requireWebhookStaff(caller)
  await requireWebhook(webhooks, name).notebook.resume()
}

async function send(
  { clock }: WebhookOffice['core'],
  { sender }: KnownWebhook['definition'],
  { id, body }: Pick<GivenUp, 'id' | 'body'>,
): Promise<WebhookDelivery> {
  const outcome = await sender.send({ id, body, at: clock.now(), signal: new AbortController().signal })
  return { id, accepted: isAccepted(outcome), result: reasonOf(outcome) }
}

function requireWebhook(webhooks: Webhooks, name: string): KnownWebhook {
  const found = webhooks.find(name)
  if (found === null) throw new Failure('not_found', `There is no webhook "${name}".`)
  return found
}

export function requireWebhookStaff(caller: Caller): void {
  requireStaff(caller, 'Only services and admins see webhooks.')
}

function dateOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
