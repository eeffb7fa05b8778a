import { describe, expect, test } from 'vitest'
import { durationMs, faultOfWebhooks, isSecretText, type WebhookConfig } from './webhook-config.ts'

const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
const right: WebhookConfig = { url: 'https://example.com/hook?key=1', pattern: 'chat:*', secret }

describe('the webhooks of a configuration', () => {
  test('[WHK11] are right with every key that there is', () => {
    const whole: WebhookConfig = {
      ...{ ...right, name: 'billing', from: 'beginning', retryFor: '12h', concurrency: 64, timeoutSeconds: 60 },
      ...{ allowPrivate: true, allowHttp: true, url: 'http://127.0.0.1:8080' },
      secret: [secret, { env: 'SECRET' }, { file: '/run/secrets/hook' }],
    }
    expect(faultOfWebhooks([right, whole])).toBeNull()
  })

  const wrong: readonly (readonly [string, object, string])[] = [
    ['an unknown key', { urls: [] }, '"webhooks[0]" has no "urls"; there are name, url'],
    ['no url', { url: undefined }, '"webhooks[0].url" must be a URL such as https://'],
    ['a url that is none', { url: 'example.com' }, '"webhooks[0].url" must be a URL'],
    ['another protocol', { url: 'ftp://example.com' }, '"webhooks[0].url" must be a URL'],
    ['a password in the url', { url: 'https://a:b@example.com' }, 'without a password'],
    ['plain http', { url: 'http://example.com' }, '"webhooks[0].url" must be https:'],
    ['no pattern', { pattern: '' }, '"webhooks[0].pattern" must be'],
    ['a name with a space', { name: 'my hook' }, '"webhooks[0].name" must be 1 to 48 letters'],
    ['no secret', { secret: undefined }, '"webhooks[0].secret" must be "whsec_"'],
    ['a secret that is too short', { secret: `whsec_${Buffer.alloc(23).toString('base64')}` }, 'of 24 to 64 bytes'],
    ['a secret of no kind', { secret: { variable: 'X' } }, '"webhooks[0].secret" must be'],
    ['six secrets', { secret: Array(6).fill(secret) }, 'a list of at most 5'],
    ['an unknown beginning', { from: 'yesterday' }, '"webhooks[0].from" must be "now" or "beginning"'],
    ['a time without a unit', { retryFor: '3' }, '"webhooks[0].retryFor" must be a time from 1s to 30d'],
    ['a time that is too long', { retryFor: '31d' }, '"webhooks[0].retryFor" must be'],
    ['no channel at once', { concurrency: 0 }, '"webhooks[0].concurrency" must be a whole number from 1 to 64'],
    ['a word for a number', { timeoutSeconds: '15' }, '"webhooks[0].timeoutSeconds" must be'],
    ['a word for a truth', { allowPrivate: 'yes' }, '"webhooks[0].allowPrivate" must be true or false'],
  ]
  test.each(wrong)('[WHK11] with %s are refused in words', (_what, webhook, words) => {
    expect(faultOfWebhooks([{ ...right, ...webhook }])).toContain(words)
  })

  test('[WHK11] that are no list of objects are refused', () => {
    expect(faultOfWebhooks(right)).toBe('"webhooks" must be a list')
    expect(faultOfWebhooks([right, 'https://example.com'])).toBe('"webhooks[1]" must be an object')
  })
})

test('a duration is a number and its unit', () => {
  expect(['1s', '90s', '2m', '12h', '30d'].map(durationMs)).toEqual([1000, 90_000, 120_000, 43_200_000, 2_592_000_000])
  expect(['0s', '1', 's', '1w', '-1s', '1.5h', '721h'].map(durationMs)).toEqual(Array(7).fill(null))
})

test('a secret is whsec_ and base64 with its padding', () => {
  const base64 = Buffer.alloc(32, 255).toString('base64')
  expect(isSecretText(`whsec_${base64}`)).toBe(true)
  for (const text of [base64, `whsec_${base64.replace('=', '')}`, `whsec_${base64.replaceAll('/', '_')}`, 'whsec_', ''])
    expect(isSecretText(text), text).toBe(false)
})
