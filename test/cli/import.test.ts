import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { at, freshChannel } from '../support/paths.ts'
import { serving } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { folderWith, runHere } from './run-here.ts'

const server = serving()

interface Row {
  readonly id: string
  readonly pos: number
  readonly author: string
  readonly createdAt: string
  readonly data: Record<string, unknown>
}

async function importing(...args: readonly string[]) {
  const token = await tokenFor('importer', { role: 'service' })
  const outcome = await runHere(['import', ...args], { DOVETAIL_TOKEN: token, DOVETAIL_URL: server.url })
  return { ...outcome, counts: outcome.stdout === '' ? null : JSON.parse(outcome.stdout) }
}

async function rowsOf(channel: string, collection = 'messages') {
  const { body } = await (await server.rest()).get<{ records: Row[] }>(`${at(channel, collection)}?limit=500`)
  return body.records
}

const counts = (created: number, kept = 0, refused = 0) => ({ created, kept, refused })

test('[A7, N31] JSON lines come in with ids, authors and dates, in the order of the dates; again, nothing changes', async () => {
  const channel = freshChannel()
  const lines = [
    '{"data":{"text":"second"},"author":"bob","createdAt":"2020-02-02T00:00:00Z"}',
    '{"id":"first","data":{"text":"first"},"author":"ana","createdAt":"2020-01-01T00:00:00Z"}',
    '',
    '{"data":{"text":"third"},"createdAt":"2020-03-03T00:00:00Z"}',
    '{"text":"bare"}',
    '{"text":"bare"}',
    '{"id":"gone","author":"ana","createdAt":"2020-03-04T00:00:00Z","deleted":true}',
  ]
  const folder = await folderWith({ 'old.jsonl': `\ufeff${lines.join('\r\n')}\r\n` })
  const file = join(folder, 'old.jsonl')
  expect((await importing(file, channel, 'messages')).counts).toEqual(counts(6))
  const rows = await rowsOf(channel)
  expect(rows.map(({ data, author, createdAt }) => [data.text, author, createdAt.slice(0, 7)])).toEqual([
    ['first', 'ana', '2020-01'],
    ['second', 'bob', '2020-02'],
    ['third', 'importer', '2020-03'],
    ['bare', 'importer', expect.any(String)],
    ['bare', 'importer', expect.any(String)],
  ])
  expect(rows[0]?.id).toBe('first')
  expect((await (await server.rest()).get(at(channel, 'messages', 'gone'))).status).toBe(410)
  await writeFile(file, `${lines.join('\n')}\n{"text":"more"}\n`)
  expect((await importing(file, channel, 'messages')).counts).toEqual(counts(1, 6))
  expect((await rowsOf(channel)).slice(0, 5)).toEqual(rows)
})

test('[A7] what is refused goes into a file with its line and the reason, and the rest comes in', async () => {
  const channel = freshChannel()
  const folder = await folderWith({ 'x.jsonl': '{"text":"good"}\nno json\n{"text":""}\n[1]\n{"text":"good too"}\n' })
  const file = join(folder, 'x.jsonl')
  const { exitCode, stderr, counts: found } = await importing(file, channel, 'messages')
  expect([exitCode, found]).toEqual([1, counts(2, 0, 3)])
  expect(stderr).toBe(`dovetail: 3 refused; they are in ${file}.refused.jsonl\n`)
  const refused = (await readFile(`${file}.refused.jsonl`, 'utf8')).trimEnd().split('\n')
  expect(refused.map((line) => JSON.parse(line)).map(({ line, error }) => [line, error.code])).toEqual([
    [2, 'invalid_json'],
    [3, 'invalid_data'],
    [4, 'invalid_data'],
  ])
})

test('[A7, N31] CSV comes in by its header, with quoted cells, a byte order mark and CRLF', async () => {
  const channel = freshChannel('forms')
  const rows = [
    'createdAt,author,who,mail,message,rating',
    '2021-01-01T00:00:00Z,ana,Ana,ana@example.org,"two\r\nlines, ""quoted""",5',
    '2020-01-01T00:00:00Z,bob,Bob,bob@example.org,early,1',
    '2022-01-01T00:00:00Z,bob,Bob,nowhere,late,1',
  ]
  const folder = await folderWith({ 'old.csv': `\ufeff${rows.join('\r\n')}\r\n` })
  const { counts: found } = await importing(join(folder, 'old.csv'), channel, 'feedback', '--numbers', 'rating')
  expect(found).toEqual(counts(2, 0, 1))
  const { body } = await (await server.rest('root', { role: 'admin' })).get<{ records: Row[] }>(at(channel, 'feedback'))
  expect(body.records.map(({ author, data }) => [author, data.message, data.rating])).toEqual([
    ['bob', 'early', 1],
    ['ana', 'two\r\nlines, "quoted"', 5],
  ])
})

test('[A7] a Slack export comes in with its people, threads, edits, deletions and reactions', async () => {
  const folder = await folderWith({
    'users.json': JSON.stringify([
      { id: 'U1', name: 'ana' },
      { id: 'U2', name: 'bob' },
    ]),
  })
  await mkdir(join(folder, 'general'))
  const messages = [
    { type: 'message', subtype: 'channel_join', user: 'U1', text: 'joined', ts: '1577836800.000100' },
    {
      type: 'message',
      user: 'U1',
      text: 'hello <@U2>, see <https://example.org|this> &amp; that',
      ts: '1577836801.000200',
      thread_ts: '1577836801.000200',
      edited: { ts: '1577836900.000000' },
      reactions: [{ name: '+1', users: ['U1', 'U2'] }],
    },
    { type: 'message', user: 'U2', text: 'yes', ts: '1577836802.000300', thread_ts: '1577836801.000200' },
    { type: 'message', subtype: 'tombstone', user: 'U2', text: 'This message was deleted.', ts: '1577836803.000400' },
  ]
  await writeFile(join(folder, 'general', '2020-01-01.json'), JSON.stringify(messages))
  const channel = freshChannel().replace(/:.*/, ':general')
  expect((await importing(folder, 'chat:*', 'messages')).counts).toEqual(counts(5))
  expect((await rowsOf(channel)).map(({ id, author, data, createdAt }) => [id, author, data, createdAt])).toEqual([
    [
      'slack-1577836801.000200',
      'ana',
      { text: 'hello @bob, see [this](https://example.org) & that' },
      '2020-01-01T00:00:01.000Z',
    ],
    ['slack-1577836802.000300', 'bob', { text: 'yes', replyTo: 'slack-1577836801.000200' }, '2020-01-01T00:00:02.000Z'],
  ])
  expect((await rowsOf(channel, 'reactions')).map(({ author, data }) => [author, data.emoji])).toEqual([
    ['ana', ':+1:'],
    ['bob', ':+1:'],
  ])
  expect((await importing(folder, channel, 'messages')).counts).toEqual(counts(0, 5))
  const missing = await importing(folder, 'chat:nothing', 'messages')
  expect([missing.exitCode, missing.stderr]).toEqual([1, expect.stringContaining('it has: general')])
})

test('[A7] an import needs a service, a file and a place', async () => {
  const folder = await folderWith({ 'x.jsonl': '{"text":"hello"}\n' })
  const file = join(folder, 'x.jsonl')
  const url = ['--url', server.url]
  const outcomes = [
    await runHere(['import', file, 'chat:x', 'messages', ...url]),
    await importing(file, 'chat:x'),
    await importing(file, 'no channel', 'messages'),
    await importing(join(folder, 'none.jsonl'), 'chat:x', 'messages'),
    await runHere(['import', file, 'chat:x', 'messages', ...url, '--token', await tokenFor('ana')]),
  ]
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([2, 2, 2, 1, 1])
  expect(outcomes.at(-1)?.stderr).toBe('dovetail: forbidden: Only a service may import and export records.\n')
})
