/** What people write about their webhooks, checked before it is believed. */
/**
 * A secret of Standard Webhooks, `whsec_` and the base64 of 24 to 64 bytes; or where it is read at the start: the name of
 * an environment variable, or the path of a file.
 */
export type WebhookSecret = string | { readonly env: string } | { readonly file: string }

export interface WebhookConfig {
  /** Under which its position is kept: letters, digits and `_.-`, at most 48. Default: made of `url` and `pattern`. */
  readonly name?: string
  /** Where events are sent to, by `POST`. */
  readonly url: string
  /** The name of a channel, or the beginning of names with a `*` at its end. */
  readonly pattern: string
  /** Signs every request; of several, each signs, so that a receiver can change from one to the next. */
  readonly secret: WebhookSecret | readonly WebhookSecret[]
  /** What is sent when the webhook is new: changes from now on, or the logs from their beginning. Default: `now`. */
  readonly from?: 'now' | 'beginning'
  /** How long an event is retried before it is given up: a number with `s`, `m`, `h` or `d`. Default: `3d`. */
  readonly retryFor?: string
  /** How many channels each node delivers at once: 1 to 64. Default: 4. */
  readonly concurrency?: number
  /** How long a receiver may take to answer, in seconds: 1 to 60. Default: 15. */
  readonly timeoutSeconds?: number
  /** Whether the receiver may have a private, loopback or link-local address. Default: false. */
  readonly allowPrivate?: boolean
  /** Whether `url` may be plain `http:`. Default: false. */
  readonly allowHttp?: boolean
}

type Check = readonly [holds: (value: unknown) => boolean, words: string]

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const within = (least: number, most: number): Check => [
  (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
  `a whole number from ${least} to ${most}`,
]
const yesOrNo: Check = [(value) => typeof value === 'boolean', 'true or false']
const secretWords =
  '"whsec_" and the base64 of 24 to 64 bytes, { env: "NAME" }, { file: "PATH" }, or a list of at most 5 of these'

const checks: Readonly<Record<keyof WebhookConfig, Check>> = {
  name: [
    (value) => isText(value) && /^[A-Za-z0-9_.-]{1,48}$/.test(value),
    '1 to 48 letters, digits and the signs "_.-"',
  ],
  url: [(value) => isText(value) && isWebAddress(value), 'a URL such as https://example.com/hook, without a password'],
  pattern: [isText, 'the name of a channel, or the beginning of names with a "*" at its end'],
  secret: [areSecrets, secretWords],
  from: [(value) => value === 'now' || value === 'beginning', '"now" or "beginning"'],
  retryFor: [(value) => isText(value) && durationMs(value) !== null, 'a time from 1s to 30d, such as "3d"'],
  concurrency: within(1, 64),
  timeoutSeconds: within(1, 60),
  allowPrivate: yesOrNo,
  allowHttp: yesOrNo,
}
const required: readonly (keyof WebhookConfig)[] = ['url', 'pattern', 'secret']

/** What is wrong with the webhooks of a configuration, in words that name the key; `null`: nothing. */
export function faultOfWebhooks(webhooks: unknown): string | null {
  if (!Array.isArray(webhooks)) return '"webhooks" must be a list'
  for (const [index, webhook] of webhooks.entries()) {
    const fault = faultOf(`webhooks[${index}]`, webhook)
    if (fault !== null) return fault
  }
  return null
}

function faultOf(path: string, webhook: unknown): string | null {
  if (typeof webhook !== 'object' || webhook === null) return `"${path}" must be an object`
  const given = new Map<string, unknown>(Object.entries(webhook))
  const unknown = [...given.keys()].find((key) => !Object.hasOwn(checks, key))
  if (unknown !== undefined) return `"${path}" has no "${unknown}"; there are ${Object.keys(checks).join(', ')}`
  for (const [key, [holds, words]] of Object.entries(checks)) {
    const value = given.get(key)
    const isAbsent = value === undefined && !required.some((each) => each === key)
    if (!isAbsent && !holds(value)) return `"${path}.${key}" must be ${words}`
  }
  if (String(given.get('url')).startsWith('https:') || given.get('allowHttp') === true) return null
  return `"${path}.url" must be https:, as anybody on the way could read and change what is sent; for a network that you trust say "allowHttp": true`
}

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && username === '' && password === ''
}

function areSecrets(value: unknown): boolean {
  const all: readonly unknown[] = [value].flat()
  return all.length > 0 && all.length <= 5 && all.every(isSecret)
}

function isSecret(value: unknown): boolean {
  if (typeof value === 'string') return isSecretText(value)
  if (typeof value !== 'object' || value === null) return false
  const [[key, source] = [], ...more] = Object.entries(value)
  return more.length === 0 && (key === 'env' || key === 'file') && isText(source)
}

/** Whether this is `whsec_` and the base64 of 24 to 64 bytes. */
export function isSecretText(text: string): boolean {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
  if (base64 === undefined || base64.length % 4 !== 0) return false
  const { length } = Buffer.from(base64, 'base64')
  return length >= 24 && length <= 64
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const mostMs = 30 * unitMs.d

/** The duration in ms; `null`: the text is none, or one below a second or above 30 days. */
export function durationMs(text: string): number | null {
  const [, count, unit] = /^(\d{1,7})([smhd])$/.exec(text) ?? []
  if (count === undefined) return null
  const ms = Number(count) * unitMs[unit as keyof typeof unitMs]
  return ms >= 1000 && ms <= mostMs ? ms : null
}
