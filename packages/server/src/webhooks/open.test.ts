import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { WebhookConfig } from '../core/rules/webhook-config.ts'
import { temporaryFolder } from '../stores/sqlite/file/temporary-folder.fixture.ts'
import { openWebhooks } from './open.ts'

const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
const environment = { version: '1.2.3', variables: { HOOK: secret, SHORT: 'whsec_abcd' } }
const config: WebhookConfig = { url: 'https://example.com/hook?key=1', pattern: 'chat:*', secret }

test('a webhook without a name has one that stays, and is shown without the query of its URL', async () => {
  const [first, again] = [await openWebhooks([config], environment), await openWebhooks([config], environment)]
  expect(first[0]).toMatchObject({ name: expect.stringMatching(/^[0-9a-f]{12}$/), url: 'https://example.com/hook' })
  expect(again[0]?.name).toBe(first[0]?.name)
  const other = await openWebhooks([{ ...config, pattern: 'team:*' }], environment)
  expect(other[0]?.name).not.toBe(first[0]?.name)
  expect(first[0]).toMatchObject({ from: 'now', retryForMs: 3 * 86_400_000, concurrency: 4 })
})

test('[WHK11] a secret is read from a variable or a file; one that is missing or is none is told, without it', async () => {
  const file = join(temporaryFolder(), 'secret')
  await writeFile(file, `${secret}\n`)
  const opened = (given: WebhookConfig['secret']) =>
    openWebhooks([{ ...config, name: 'a', secret: given }], environment)
  expect(await opened([{ env: 'HOOK' }, { file }])).toHaveLength(1)
  await expect(opened({ env: 'ABSENT' })).rejects.toThrow('"a": its secret is not there: ABSENT')
  await expect(opened({ file: '/nowhere/secret' })).rejects.toThrow('"a": its secret is not there: /nowhere/secret')
  await expect(opened({ env: 'SHORT' })).rejects.toThrow('"a": what SHORT holds is not "whsec_"')
})

test('[WHK11] two of one name are refused', async () => {
  await expect(openWebhooks([config, config], environment)).rejects.toThrow('give each a name of its own')
})
