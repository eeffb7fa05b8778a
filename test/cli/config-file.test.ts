import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { spawnServer } from '../support/spawn-server.ts'
import { tokenFor } from '../support/token-for.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The file that docs/operating.md shows. */
async function documentedConfig(): Promise<string> {
  const page = await readFile(join(root, 'docs/operating.md'), 'utf8')
  return /```ts\n(import \{ defineConfig \}[\s\S]*?)```/.exec(page)?.[1] ?? ''
}

test("a TypeScript file's channels are served, with its schema and its rights", async () => {
  // Inside the checkout, where `@dovetail/server` and `typebox` resolve as they do for users.
  const folder = await mkdtemp(join(root, '.dovetail-config-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'dovetail.config.ts')
  await writeFile(file, await documentedConfig())
  const { server } = await spawnServer({ args: ['--config', file] })

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
