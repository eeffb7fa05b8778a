/** A server whose configuration file has webhooks, and the commands that look after them. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DeadLetterList, WebhookList } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runHere } from '../cli/run-here.ts'
import { at } from '../support/paths.ts'
import { runDovetail, type Spawned, spawnServer } from '../support/servers/spawn-server.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { Receiver, secret } from './receiver.ts'

const patient = { timeout: 45_000 }

/** Writes a configuration file with these webhooks. */
async function configFile(webhooks: readonly object[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-webhooks-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'dovetail.config.json')
  const channels = { chat: { write: 'guest', collections: { messages: {} } } }
  await writeFile(path, JSON.stringify({ channels, webhooks }))
  return path
}

const local = { pattern: 'chat:*', secret, allowPrivate: true, allowHttp: true }

async function commandsFor({ server }: Spawned) {
  const token = await tokenFor('ops', { role: 'service' })
  return (...args: readonly string[]) =>
    runHere(['webhooks', ...args], { DOVETAIL_TOKEN: token, DOVETAIL_URL: server.url })
}

describe('dovetail webhooks', () => {
  test('[WHK9, WHK10] lists, tests, shows what was given up, and replays it', { timeout: 180_000 }, async () => {
    const receiver = new Receiver()
    await receiver.start()
    const path = await configFile([{ ...local, url: receiver.url, name: 'billing', retryFor: '1s' }])
    const spawned = await spawnServer({ args: ['--config', path, '--log', 'warn'] })
    const webhooks = await commandsFor(spawned)
    const tested = await webhooks('test', 'billing')
    expect([tested.exitCode, tested.stderr]).toEqual([0, 'billing accepted it: status 204\n'])
    expect(receiver.accepted).toMatchObject([{ event: { type: 'webhook.test', data: { webhook: 'billing' } } }])

    await receiver.goAway()
    expect((await webhooks('test', 'billing')).exitCode).toBe(1)
    const alice = await spawned.server.rest('alice')
    for (const text of ['one', 'two']) expect((await alice.post(at('chat:a'), { text })).status).toBe(201)
    const rest = await spawned.server.rest('root', { role: 'admin' })
    const failed = async () => (await rest.get<DeadLetterList>('/v1/webhooks/billing/failed')).body.failed
    await expect.poll(async () => (await failed()).length, patient).toBe(2)
    const page = await rest.get<DeadLetterList>('/v1/webhooks/billing/failed?limit=1')
    expect(page.body).toMatchObject({
      failed: [{ channel: 'chat:a', reason: 'no connection: ECONNREFUSED' }],
      more: true,
    })

    expect((await webhooks('failed', 'billing')).stdout).toMatch(/evt_[0-9a-f]{32} │ record.created │ chat:a /)
    expect((await webhooks('replay', 'billing')).exitCode).toBe(1)
    expect((await webhooks('list')).stdout).toMatch(/billing │ chat:\* +│ http:\/\/127.0.0.1:\d+\/hook │ active │/)
    const { body } = await rest.get<WebhookList>('/v1/webhooks')
    expect(body.webhooks).toMatchObject([{ name: 'billing', endedAt: null, deadLetters: 2 }])
    expect((await rest.get('/metrics')).text).toContain('dovetail_webhook_dead_letters{webhook="billing"} 2')

    await receiver.start()
    const replayed = await webhooks('replay', 'billing')
    expect([replayed.exitCode, replayed.stderr]).toEqual([0, 'replayed 2 of 2\n'])
    expect(receiver.revisions('chat:a')).toEqual([1, 2])
    expect(await failed()).toEqual([])
    expect((await webhooks('resume', 'billing')).exitCode).toBe(0)
  })

  test('[WHK4] nobody else moves or deletes the consumer of a webhook', { timeout: 120_000 }, async () => {
    const path = await configFile([{ ...local, url: 'http://127.0.0.1:1/', name: 'billing' }])
    const { server } = await spawnServer({ args: ['--config', path, '--log', 'warn'] })
    const rest = await server.rest('ops', { role: 'service' })
    const consumer = '/v1/consumers/webhook.billing'
    const answers = [
      await rest.post(`${consumer}/next`, { worker: 'w1' }),
      await rest.post(`${consumer}/acknowledge`, { lease: 'l1', channels: [] }),
      await rest.post(`${consumer}/release`, { lease: 'l1', channels: [] }),
      await rest.post(`${consumer}/renew`, { lease: 'l1' }),
      await rest.post(`${consumer}/reset`, { to: 'now' }),
      await rest.delete(consumer),
    ]
    expect(answers.map(({ code }) => code)).toEqual(Array(6).fill('forbidden'))
    expect((await rest.get(consumer)).status).toBe(200)
    // One that a webhook left behind can be deleted.
    await rest.put('/v1/consumers/webhook.old', { pattern: 'chat:*', from: 'now' })
    expect((await rest.delete('/v1/consumers/webhook.old')).status).toBe(204)
  })

  test('[WHK10] what can not be meant and what is refused is one line', async () => {
    const spawned = await spawnServer()
    const webhooks = await commandsFor(spawned)
    expect((await webhooks('list', '--json')).stdout).toBe('')
    const alice = await tokenFor('alice')
    const outcomes = [
      await webhooks('failed'),
      await runHere(['webhooks', 'list', '--url', spawned.server.url]),
      await webhooks('failed', 'absent'),
      await webhooks('test', 'absent'),
      await runHere(['webhooks', 'list', '--url', spawned.server.url, '--token', alice]),
    ]
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([2, 2, 1, 1, 1])
    for (const { stdout, stderr } of outcomes)
      expect([stdout, stderr]).toEqual(['', expect.stringMatching(/^dovetail: [^\n]+\n$/)])
  })
})

describe('a start', () => {
  async function refusal(webhook: object, data?: string): Promise<string> {
    const path = await configFile([{ ...local, url: 'https://example.com/', ...webhook }])
    const storage = data === undefined ? ['--store', 'memory:'] : ['--data', data]
    const { ended } = runDovetail(['serve', '--port', '0', '--config', path, ...storage])
    const { code, stderr } = await ended
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/^dovetail: [^\n]+\n$/)
    return stderr
  }

  test('[WHK11] with a webhook that can not be meant ends with one line', { timeout: 120_000 }, async () => {
    expect(await refusal({ url: 'http://example.com/', allowHttp: false })).toContain(
      '"webhooks[0].url" must be https:',
    )
    expect(await refusal({ secret: { env: 'NO_SUCH_VARIABLE' }, name: 'a' })).toContain(
      'webhooks: "a": its secret is not there: NO_SUCH_VARIABLE',
    )
    expect(await refusal({ pattern: 'absent:*' })).toContain('webhooks: ')
  })

  test('[WHK11] with another pattern under a name that is in use ends with one line', {
    timeout: 120_000,
  }, async () => {
    const path = await configFile([{ ...local, url: 'https://example.com/', name: 'a' }])
    const spawned = await spawnServer({ args: ['--config', path, '--log', 'warn'] })
    await spawned.kill('SIGTERM')
    expect(await refusal({ name: 'a', pattern: 'chat:b*' }, spawned.data)).toContain('another pattern, "chat:*"')
  })
})

test('the configuration of docs/webhooks.md is served', { timeout: 120_000 }, async () => {
  const page = await readFile(new URL('../../docs/webhooks.md', import.meta.url), 'utf8')
  const [, text = ''] = /^```ts\n(\/\/ dovetail.config.ts.*?)^```/ms.exec(page) ?? []
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-webhooks-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'dovetail.config.ts')
  await writeFile(path, text)
  const spawned = await spawnServer({ args: ['--config', path], env: { BILLING_WEBHOOK_SECRET: secret } })
  const root = await spawned.server.rest('root', { role: 'admin' })
  const { body } = await root.get<WebhookList>('/v1/webhooks')
  expect(body.webhooks).toMatchObject([{ name: 'billing', url: 'https://billing.example.com/hooks/dovetail' }])
})
