/** Makes webhooks of what the configuration says of them. Loaded where there are some, with the library that signs. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { durationMs, isSecretText, type WebhookConfig, type WebhookSecret } from '../core/rules/webhook-config.ts'
import type { WebhookDefinition } from '../core/webhooks/webhook.ts'
import { HttpSender } from './http-sender.ts'
import { signer } from './sign.ts'

export interface WebhookEnvironment {
  /** Of this package. */
  readonly version: string
  readonly variables: Readonly<Record<string, string | undefined>>
}

/** @throws Error with one line for people */
export async function openWebhooks(
  configs: readonly WebhookConfig[],
  environment: WebhookEnvironment,
): Promise<readonly WebhookDefinition[]> {
  const webhooks: WebhookDefinition[] = []
  for (const config of configs) {
    const webhook = await openWebhook(config, environment)
    if (webhooks.some(({ name }) => name === webhook.name))
      throw new Error(`two are named "${webhook.name}": give each a name of its own`)
    webhooks.push(webhook)
  }
  return webhooks
}

async function openWebhook(
  config: WebhookConfig,
  { version, variables }: WebhookEnvironment,
): Promise<WebhookDefinition> {
  const {
    url,
    pattern,
    from = 'now',
    retryFor = '3d',
    concurrency = 4,
    timeoutSeconds = 15,
    allowPrivate = false,
  } = config
  const name = config.name ?? nameOf(config)
  const secrets = await Promise.all([config.secret].flat().map((secret) => readSecret(name, secret, variables)))
  const sender = new HttpSender({
    ...{ url, allowPrivate, concurrency, sign: signer(secrets), timeoutMs: timeoutSeconds * 1000 },
    userAgent: `dovetail/${version}`,
  })
  const retryForMs = durationMs(retryFor) ?? 0
  return { name, url: shownUrl(url), pattern, from, retryForMs, concurrency, sender }
}

/** The same at each start. */
function nameOf({ url, pattern }: WebhookConfig): string {
  return createHash('sha256').update(`${url}\n${pattern}`).digest('hex').slice(0, 12)
}

/** A query may hold what nobody else should see. */
function shownUrl(text: string): string {
  const { origin, pathname } = new URL(text)
  return origin + pathname
}

async function readSecret(
  webhook: string,
  secret: WebhookSecret,
  variables: WebhookEnvironment['variables'],
): Promise<string> {
  if (typeof secret === 'string') return secret
  const [source, text] =
    'env' in secret ? [secret.env, variables[secret.env]] : [secret.file, await textOf(secret.file)]
  if (text === undefined) throw new Error(`"${webhook}": its secret is not there: ${source}`)
  const trimmed = text.trim()
  if (!isSecretText(trimmed))
    throw new Error(`"${webhook}": what ${source} holds is not "whsec_" and the base64 of 24 to 64 bytes`)
  return trimmed
}

async function textOf(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch(() => undefined)
}
