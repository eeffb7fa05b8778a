import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { at } from '../support/paths.ts'
import { serving } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { folderWith, runHere } from './run-here.ts'

const [source, target] = [serving({ store: 'sqlite' }), serving({ store: 'sqlite' })]

async function run(url: string, ...args: readonly string[]) {
  return runHere(args, { DOVETAIL_TOKEN: await tokenFor('mover', { role: 'service' }), DOVETAIL_URL: url })
}

/** The changes of a channel from its beginning, without what names its epoch. */
async function logOf(server: typeof source, channel: string) {
  const rest = await server.rest('mover', { role: 'service' })
  const { body } = await rest.get<Record<string, unknown>>(`/v1/channels/${channel}/changes?after=0`)
  return { from: body.from, to: body.to, changes: body.changes }
}

test('[IMP6, A7] all channels go from one server to another, byte for byte but for their epochs, and go on from there', async () => {
  const ana = await source.rest('ana')
  for (const channel of ['chat:one', 'chat:two', 'game:three']) {
    await ana.put(`/v1/channels/${channel}`, { title: `Title of ${channel}` })
  }
  const { body } = await ana.post<{ id: string }>(at('chat:one'), { text: 'hello' })
  await ana.post(at('chat:one'), { text: 'to be deleted', order: { 10: 'ten', a: 1, 2: 'two' } })
  await ana.patch(at('chat:one', 'messages', body.id), { text: 'hello, changed' })
  await ana.post(at('chat:two'), { text: 'over there' })
  await ana.patch('/v1/me', { name: 'Ana A.', about: 'Here.' })
  await ana.put('/v1/me/channels/chat:one', { read: 2 })
  const folder = await folderWith({})
  const file = join(folder, 'all.jsonl')
  expect((await run(source.url, 'export', '--to', file)).exitCode).toBe(0)
  // An export that was cut off in the middle of a line goes on from its last cursor.
  await ana.post(at('chat:one'), { text: 'later' })
  await ana.delete(at('chat:one', 'messages', body.id))
  await appendFile(file, '{"channel":"chat:one","record":{"coll')
  expect((await run(source.url, 'export', '--to', file)).exitCode).toBe(0)
  const imported = await run(target.url, 'import', file)
  expect([imported.stderr, imported.exitCode]).toEqual(['', 0])
  for (const channel of ['chat:one', 'chat:two', 'game:three']) {
    expect(await logOf(target, channel)).toEqual(await logOf(source, channel))
    const described = await (await target.rest('ana')).get<{ title: string }>(`/v1/channels/${channel}`)
    expect(described.body.title).toBe(`Title of ${channel}`)
  }
  const there = await target.rest('ana')
  expect((await there.get('/v1/me')).body).toMatchObject({ name: 'Ana A.', about: 'Here.' })
  const own = await there.get<{ channels: { channel: string; read: number }[] }>('/v1/me/channels')
  expect(own.body.channels.map(({ channel, read }) => [channel, read])).toContainEqual(['chat:one', 2])
  const again = await run(target.url, 'import', file)
  expect(JSON.parse(again.stdout)).toMatchObject({ created: 0, refused: 0 })
  const exported = await run(target.url, 'export', 'chat:*')
  const records = (text: string) => text.split('\n').filter((line) => line.includes('"record"'))
  const folded = await run(source.url, 'export', 'chat:*')
  expect(records(exported.stdout)).toEqual(records(folded.stdout))
  expect((await readFile(file, 'utf8')).split('\n')[0]).toBe('{"export":1}')
})

test('[IMP6] an export goes into no file that holds something else', async () => {
  const folder = await folderWith({ 'notes.txt': 'mine\n' })
  const file = join(folder, 'notes.txt')
  const { exitCode, stderr } = await run(source.url, 'export', 'chat:one', '--to', file)
  expect([exitCode, stderr]).toEqual([1, `dovetail: ${file} is there already, and is no export\n`])
  expect(await readFile(file, 'utf8')).toBe('mine\n')
})

test('tail --until head ends where the log stands', async () => {
  const ana = await source.rest('ana')
  for (const text of ['a', 'b', 'c']) await ana.post(at('chat:until'), { text })
  const all = await run(source.url, 'tail', 'chat:until', '--after', '0', '--until', 'head')
  expect([all.exitCode, all.stdout.trimEnd().split('\n').length]).toEqual([0, 3])
  const last = JSON.parse(all.stdout.trimEnd().split('\n').at(-1) ?? '{}')
  const none = await run(source.url, 'tail', 'chat:until', '--after', last.cursor, '--until', 'head')
  expect([none.exitCode, none.stdout]).toEqual([0, ''])
  expect((await run(source.url, 'tail', 'chat:until', '--until', 'head')).exitCode).toBe(0)
  expect((await run(source.url, 'tail', 'chat:nobody', '--after', '0', '--until', 'head')).exitCode).toBe(0)
  expect((await run(source.url, 'tail', 'chat:until', '--until', 'noon')).exitCode).toBe(2)
  const foreign = await run(source.url, 'tail', 'chat:until', '--after', 'other.99', '--until', 'head')
  expect([foreign.exitCode, JSON.parse(foreign.stdout).reset]).toEqual([0, 'epoch'])
})
