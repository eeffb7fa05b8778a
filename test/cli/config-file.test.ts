import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { type Spawned, spawnServer } from '../support/servers/spawn-server.ts'
import { tokenFor } from '../support/servers/token-for.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A file that docs/operating.md shows, by how it begins. */
async function documentedConfig(begins: string): Promise<string> {
  const page = await readFile(join(root, 'docs/operating.md'), 'utf8')
  return (
    [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text = '']) => text).find((text) => text.startsWith(begins)) ??
    ''
  )
}

// Inside the checkout, where `dovetail-server` and `typebox` resolve as they do for users.
async function serverWith(config: string): Promise<Spawned> {
  const folder = await mkdtemp(join(root, '.dovetail-config-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'dovetail.config.ts')
  await writeFile(file, config)
  return spawnServer({ args: ['--config', file] })
}

test("a TypeScript file's channels are served, with its schema and its rights", async () => {
  const { server } = await serverWith(await documentedConfig('import { defineConfig }'))

  const token = await tokenFor('alice')
  async function post(channel: string, data: unknown): Promise<number> {
    const reply = await fetch(`http://127.0.0.1:${server.port}/v1/channels/${channel}/entries`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(data),
    })
    return reply.status
  }
  expect(await post('notes:one', { text: 'kept' })).toBe(201)
  expect(await post('notes:one', { text: 7 })).toBe(422)
  expect(await post('chat:general', { text: 'no such namespace here' })).toBe(404)
})

test('the private namespace of the page is closed to strangers and open to whoever makes a channel', async () => {
  const { server } = await serverWith(await documentedConfig('// A private namespace.'))
  const [alice, nobody] = [await server.rest('alice'), await server.rest()]
  expect((await alice.put('/v1/channels/vault:one', {})).status).toBe(201)
  expect((await alice.post('/v1/channels/vault:one/items', { text: 'mine' })).status).toBe(201)
  expect((await nobody.get('/v1/channels/vault:one/items')).status).toBe(404)
  expect((await (await server.rest('bob')).get('/v1/channels/vault:one/items')).status).toBe(404)
})
