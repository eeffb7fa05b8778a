import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Receiver, secret } from './receiver.ts'

/** The arguments of a server with one webhook to this receiver. */
export async function withWebhook(receiver: Receiver): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-webhooks-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'dovetail.config.json')
  const webhook = { url: receiver.url, pattern: 'chat:*', secret, name: 'test', allowPrivate: true, allowHttp: true }
  const channelConfig = { chat: { write: 'guest', collections: { messages: {} } } }
  await writeFile(path, JSON.stringify({ channels: channelConfig, webhooks: [webhook] }))
  return ['--config', path, '--log', 'warn', '--limit', 'leaseSeconds=1']
}
