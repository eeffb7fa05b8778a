import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ChangesReply, LiveRecord, Page } from 'dovetail-protocol'
import { expect, onTestFinished, test } from 'vitest'
import { type Spawned, spawnServer } from '../support/servers/spawn-server.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { runHere } from './run-here.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The configuration of docs/schema.md, and one of before, each in a file. */
async function configurations(): Promise<{ readonly now: string; readonly before: string }> {
  // Inside the checkout, where `dovetail-server` and `typebox` resolve as they do for users.
  const folder = await mkdtemp(join(root, '.dovetail-config-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const [now, before] = [join(folder, 'dovetail.config.ts'), join(folder, 'before.json')]
  const page = await readFile(join(root, 'docs/schema.md'), 'utf8')
  await writeFile(now, /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? '')
  const chat = { collections: { messages: {}, notes: {} } }
  await writeFile(before, JSON.stringify({ channels: { chat, old: { collections: { items: {} } } } }))
  return { now, before }
}

const messages = '/v1/channels/chat:a/messages'

async function fill({ server }: Spawned): Promise<void> {
  const alice = await server.rest('alice')
  const stored = { m1: { body: 'one' }, m2: { text: 'two', tag: 'x' }, m3: { text: 'three', tags: [] }, m4: { odd: 1 } }
  for (const [id, data] of Object.entries(stored)) expect((await alice.put(`${messages}/${id}`, data)).status).toBe(201)
  expect((await alice.put('/v1/channels/chat:a/notes/n', { n: 1 })).status).toBe(201)
  expect((await alice.put('/v1/channels/old:a/items/i', { n: 1 })).status).toBe(201)
}

const newest = [{ text: 'one', tags: [] }, { text: 'two', tags: ['x'] }, { text: 'three', tags: [] }, { odd: 1 }]

test('[SCH1, SCH2, A6] records of earlier shapes are read in the newest, patched, and written by dovetail schema apply', {
  timeout: 120_000,
}, async () => {
  const { now, before } = await configurations()
  const first = await spawnServer({ args: ['--config', before] })
  await fill(first)
  await first.kill('SIGTERM')

  const { data } = first
  const second = await spawnServer({ data, args: ['--config', now] })
  const alice = await second.server.rest('alice')
  expect((await alice.get<Page>(messages)).body.records.map((record) => record.data)).toEqual(newest)
  const { changes } = (await alice.get<ChangesReply>('/v1/channels/chat:a/changes?after=0')).body
  expect(changes.map(({ record }) => record.id)).toEqual(['m1', 'm2', 'm3', 'm4'])
  expect((await alice.get('/v1/channels/chat:a/notes')).status).toBe(404)
  const patched = await alice.patch<LiveRecord>(`${messages}/m2`, { text: 'patched' })
  expect([patched.status, patched.body.data]).toEqual([200, { text: 'patched', tags: ['x'] }])
  expect((await alice.patch(`${messages}/m4`, { text: 'patched' })).status).toBe(422)
  const said = second.stdout() + second.stderr()
  expect(said).toContain('chat.messages: 2 of an earlier shape, read in the newest (such as chat:a/messages/m1)')
  expect(said).toContain('chat.notes: 1 of a collection that is not in the configuration')
  expect(said).toContain('old: 1 of a namespace that is not in the configuration')
  await second.kill('SIGTERM')

  const schema = (verb: string) => runHere(['schema', verb, '--config', now, '--data', data])
  const checked = await schema('check')
  expect(checked.stdout).toContain('chat.messages: 1 of an earlier shape')
  expect(checked.stdout).toContain('6 records read\n')
  expect((await schema('apply')).stdout).toContain('6 records read, 1 written in the newest shape\n')
  const again = (await schema('apply')).stdout
  expect(again).toContain('6 records read, 0 written in the newest shape\n')
  expect(again).toContain('chat.messages: 1 of no known shape, served as stored (such as chat:a/messages/m4)')
})

test('[SCH3, A6] a running server writes records of earlier shapes in the newest one, as changes with their old times', {
  timeout: 120_000,
}, async () => {
  const { now, before } = await configurations()
  const first = await spawnServer({ args: ['--config', before] })
  await fill(first)
  await first.kill('SIGTERM')
  const { server } = await spawnServer({ data: first.data, args: ['--config', now] })
  const alice = await server.rest('alice')
  expect((await alice.post('/v1/schema/upgrade', {})).status).toBe(403)
  const { records, cursor } = (await alice.get<Page>(messages)).body
  const token = await tokenFor('operator', { role: 'admin' })
  const apply = () => runHere(['schema', 'apply', '--running', '--url', server.url, '--token', token])
  expect(await apply()).toEqual({ exitCode: 0, stdout: '2 written in the newest shape\n', stderr: '' })
  expect((await apply()).stdout).toBe('0 written in the newest shape\n')
  const { changes } = (await alice.get<ChangesReply>(`/v1/channels/chat:a/changes?after=${cursor}`)).body
  expect(changes.map(({ record }) => record)).toMatchObject(
    records.slice(0, 2).map(({ id, data, updatedAt }, index) => ({ id, data, updatedAt, rev: 6 + index })),
  )
  const without = await runHere(['schema', 'apply', '--running', '--url', server.url])
  expect([without.exitCode, without.stderr]).toEqual([2, expect.stringContaining('--token')])
})
