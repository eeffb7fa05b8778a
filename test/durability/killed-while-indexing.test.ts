import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SearchReply } from 'dovetail-protocol'
import { expect, onTestFinished, test } from 'vitest'
import { type Spawned, spawnServer } from '../support/servers/spawn-server.ts'

const channel = 'chat:moved'
const batches = 20
const ofABatch = 200

/** A configuration whose messages are searched by these fields. */
async function configOf(fields: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-config-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'config.json')
  const messages = { search: fields }
  await writeFile(file, JSON.stringify({ channels: { chat: { collections: { messages } } } }))
  return file
}

async function fill({ server }: Spawned): Promise<void> {
  const backend = await server.rest('backend', { role: 'service' })
  for (let batch = 0; batch < batches; batch++) {
    const writes = Array.from({ length: ofABatch }, (_, index) => ({
      ...{ op: 'create', channel, collection: 'messages' },
      data: { old: `before ${batch}`, title: `after n${batch * ofABatch + index}` },
    }))
    expect((await backend.post('/v1/batch', { writes })).status).toBe(200)
  }
}

/** The records that are still to be indexed, by the metrics. */
async function left({ server }: Spawned): Promise<number> {
  const { text } = await (await server.rest()).get('/metrics')
  return Number(/^dovetail_search_records_to_index (\d+)$/m.exec(text)?.[1])
}

async function search({ server }: Spawned, q: string): Promise<SearchReply> {
  const rest = await server.rest('alice')
  return (await rest.get<SearchReply>(`/v1/search?channel=${channel}&limit=500&q=${q}`)).body
}

test('[SEA14, A5] another search field is indexed in the background, also where the process is killed meanwhile', {
  timeout: 240_000,
}, async () => {
  const first = await spawnServer({ args: ['--config', await configOf(['old'])] })
  await fill(first)
  expect((await search(first, 'before')).hits).toHaveLength(500)
  await first.kill('SIGKILL')

  const { data } = first
  const args = ['--config', await configOf(['title'])]
  const second = await spawnServer({ data, args })
  // Killed in the middle, or, where this process was slow, after the end: what comes then holds for both.
  for (let now = await left(second); now > (batches * ofABatch) / 2; now = await left(second));
  await second.kill('SIGKILL')

  const third = await spawnServer({ data, args })
  while ((await left(third)) > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(await search(third, 'before')).toEqual({ hits: [], after: null })
  for (const n of [0, 1, batches * ofABatch - 1])
    expect((await search(third, `n${n}+after`)).hits.map(({ record }) => record.data)).toMatchObject([
      { title: `after n${n}` },
    ])
  let [found, after]: [number, string | null] = [0, '']
  while (after !== null) {
    const page: SearchReply = await search(third, `after${after === '' ? '' : `&after=${after}`}`)
    found += page.hits.length
    after = page.after
  }
  expect(found).toBe(batches * ofABatch)
  expect(third.stdout() + third.stderr()).toContain('the index follows the configuration')
})
