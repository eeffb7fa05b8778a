import { expect, test } from 'vitest'
import { at, freshChannel } from '../support/paths.ts'
import { serving } from '../support/servers/serving.ts'
import { runDovetail } from '../support/servers/spawn-server.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { until } from '../support/until.ts'
import { runHere } from './run-here.ts'

const server = serving()
const linesIn = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

const commitsIn = (metrics: string) =>
  [...metrics.matchAll(/^dovetail_commits_total(?:\{[^}]*\})? (\d+)/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  )

async function textsOf(channel: string) {
  const { body } = await (await server.rest()).get<{ records: { data: { text: string } }[] }>(at(channel))
  return body.records.map(({ data }) => data.text)
}

test('one document becomes one record, by a guest where no token is given', async () => {
  const channel = freshChannel()
  const { exitCode, stdout, stderr } = await runHere([
    'publish',
    channel,
    'messages',
    '{"text":"hello"}',
    '--url',
    server.url,
  ])
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(linesIn(stdout)).toEqual([
    {
      line: 1,
      record: expect.objectContaining({ pos: 1, author: expect.stringMatching(/^guest-/), data: { text: 'hello' } }),
    },
  ])
  expect(await textsOf(channel)).toEqual(['hello'])
})

test('a token variable that is set to nothing is no token: a guest writes', async () => {
  const args = ['publish', freshChannel(), 'messages', '{"text":"hello"}']
  const { exitCode, stdout } = await runHere(args, { DOVETAIL_TOKEN: '', DOVETAIL_URL: server.url })
  expect([exitCode, linesIn(stdout)[0].record.author]).toEqual([0, expect.stringMatching(/^guest-/)])
})

test('lines of stdin become records in their order, and the same input with the same key repeats nothing', async () => {
  const channel = freshChannel()
  const environment = { DOVETAIL_TOKEN: await tokenFor('ana'), DOVETAIL_URL: server.url }
  const input = ['{"text":"one"}\n', '\n{"text":', '"two"}\n{"text":"three"}']
  const publish = () => runHere(['publish', channel, 'messages', '--key', 'import-7'], environment, input)
  const first = await publish()
  const again = await publish()
  expect([first.exitCode, again.exitCode]).toEqual([0, 0])
  expect(linesIn(first.stdout).map(({ line, record }) => [line, record.rev])).toEqual([
    [1, 1],
    [3, 2],
    [4, 3],
  ])
  expect(again.stdout).toBe(first.stdout)
  expect(await textsOf(channel)).toEqual(['one', 'two', 'three'])
})

test('[N31] lines of a file that begins with a byte order mark and ends its lines with CRLF are published', async () => {
  const channel = freshChannel()
  const input = ['\uFEFF{"text":"one"}\r\n{"text":"two"}\r\n', '\uFEFF\r\n']
  const { exitCode, stdout, stderr } = await runHere(['publish', channel, 'messages', '--url', server.url], {}, input)
  expect([exitCode, stderr, linesIn(stdout).length]).toEqual([0, '', 2])
  expect(await textsOf(channel)).toEqual(['one', 'two'])
})

test('over a socket they go as commands, with the same outcomes', async () => {
  const channel = freshChannel()
  const metrics = async () => (await (await server.rest()).get('/metrics')).text
  const refusedOver = async (context: string) =>
    Number(
      new RegExp(`refused_total\\{transport="${context}",code="invalid_data"\\} (\\d+)`).exec(await metrics())?.[1] ??
        0,
    )
  const before = [await refusedOver('http'), await refusedOver('websocket')]
  const input = ['{"text":"one"}\n', '{"text":""}\n', '{"text":"two"}\n']
  const flags = ['--over', 'websocket', '--keep-going', '--key', 'again', '--url', server.url]
  flags.push('--token', await tokenFor('ana'))
  const first = await runHere(['publish', channel, 'messages', ...flags], {}, input)
  const again = await runHere(['publish', channel, 'messages', ...flags], {}, input)
  expect([first.exitCode, first.stderr]).toEqual([1, 'dovetail: 1 line was refused\n'])
  expect(linesIn(first.stdout).map(({ record, error }) => record?.rev ?? error.code)).toEqual([1, 'invalid_data', 2])
  expect(again.stdout).toBe(first.stdout)
  expect(await textsOf(channel)).toEqual(['one', 'two'])
  // The transport that refused the empty one is the one that it came by.
  expect([await refusedOver('http'), await refusedOver('websocket')]).toEqual([before[0], (before[1] ?? 0) + 2])
})

test('with --keep-going, publish prints each refusal with its line, and writes the rest', async () => {
  const channel = freshChannel()
  const input = ['{"text":""}\n', 'no json\n', '{"text":"good"}\n']
  const { exitCode, stdout, stderr } = await runHere(
    ['publish', channel, 'messages', '-', '--keep-going', '--url', server.url],
    {},
    input,
  )
  expect([exitCode, stderr]).toEqual([1, 'dovetail: 2 lines were refused\n'])
  const [empty, broken, good] = linesIn(stdout)
  expect(empty.error).toMatchObject({ code: 'invalid_data', errors: [{ pointer: '/text' }] })
  expect(broken.error.code).toBe('invalid_json')
  expect(good.record.data).toEqual({ text: 'good' })
  expect(await textsOf(channel)).toEqual(['good'])
})

test('[A7] publish ends at the first refusal: what stands before it is written, what stands after it is not', async () => {
  const channel = freshChannel()
  const input = [...Array(7).keys()].map((number) => `{"text":"${number === 4 ? '' : number}"}\n`)
  const { exitCode, stdout, stderr } = await runHere(['publish', channel, 'messages', '--url', server.url], {}, input)
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^dovetail: line 5 was refused \(invalid_data\)/)])
  expect(linesIn(stdout).map(({ record, error }) => record?.data.text ?? error.code)).toEqual([
    ...['0', '1', '2', '3'],
    'invalid_data',
  ])
  expect(await textsOf(channel)).toEqual(['0', '1', '2', '3'])
})

test('[A7] a refusal of all lines is told once, and nothing is written', async () => {
  const environment = { DOVETAIL_TOKEN: await tokenFor('ana'), DOVETAIL_URL: server.url }
  const input = Array(1200).fill('{"symbol":"A","price":1}\n')
  const { exitCode, stdout } = await runHere(['publish', 'prices:us', 'quotes'], environment, input)
  expect([exitCode, linesIn(stdout).length, linesIn(stdout)[0].error.code]).toEqual([1, 1, 'forbidden'])
})

test('[A7] a service publishes records of its own ids and of other authors', async () => {
  const channel = freshChannel()
  const environment = { DOVETAIL_TOKEN: await tokenFor('importer', { role: 'service' }), DOVETAIL_URL: server.url }
  const input = [
    '{"id":"m1","author":"ana","data":{"text":"one"}}\n',
    '{"author":"bob","data":{"text":"two"}}\n',
    '{"id":"m1","author":"ana","data":{"text":"one again"}}\n',
    '{"data":{"text":"three"}}\n',
  ]
  const flags = ['--records', '--author', 'cleo']
  const { exitCode, stdout } = await runHere(['publish', channel, 'messages', ...flags], environment, input)
  expect(exitCode).toBe(0)
  expect(linesIn(stdout).map(({ record }) => [record.id === 'm1', record.author, record.pos, record.rev])).toEqual([
    [true, 'ana', 1, 1],
    [false, 'bob', 2, 2],
    [true, 'ana', 1, 3],
    [false, 'cleo', 4, 4],
  ])
})

test('[A7] many lines go in batches, in their order', async () => {
  const channel = freshChannel()
  const environment = { DOVETAIL_TOKEN: await tokenFor('importer', { role: 'service' }), DOVETAIL_URL: server.url }
  const before = (await (await server.rest()).get('/metrics')).text
  const count = 2600
  const input = Array.from({ length: count }, (_, number) => `{"text":"${number}"}\n`)
  const { exitCode, stdout } = await runHere(['publish', channel, 'messages'], environment, input)
  expect(exitCode).toBe(0)
  expect(linesIn(stdout).map(({ line, record }) => [line, record.pos, record.data.text])).toEqual(
    Array.from({ length: count }, (_, number) => [number + 1, number + 1, String(number)]),
  )
  const after = (await (await server.rest()).get('/metrics')).text
  expect(commitsIn(after) - commitsIn(before)).toBeLessThan(count / 10)
})

test('a process that waits for its input ends at SIGTERM', async () => {
  const channel = freshChannel()
  const { child, text, ended } = runDovetail(['publish', channel, 'messages', '--url', server.url])
  child.stdin.write('{"text":"one"}\n')
  await until('the outcome', new Promise((resolve) => child.stdout.once('data', resolve)))
  child.kill('SIGTERM')
  const { code, signal } = await until('the end', ended)
  expect([code, signal, linesIn(text.stdout).length]).toEqual([0, null, 1])
})

test('what can not be meant, and a server that is not there, is one line', async () => {
  const nowhere = 'http://127.0.0.1:9'
  const outcomes = [
    await runHere(['publish', 'no channel', 'messages', '{}']),
    await runHere(['publish', 'chat:x', 'Messages', '{}']),
    await runHere(['publish', 'chat:x', 'messages', '{']),
    await runHere(['publish', 'chat:x', 'messages', '{}', '--key', 'ü']),
    await runHere(['publish', 'chat:x', 'messages', '{}', '--over', 'sse']),
    await runHere(['publish', 'chat:x', 'messages', '{}', '--records']),
    await runHere(['publish', 'chat:x', 'messages', '{"data":{}}', '--records', '--over', 'websocket']),
    await runHere(['publish', 'chat:x', 'messages', '{}', '--fly']),
    await runHere(['publish', 'chat:x', 'messages', '{}', 'extra']),
    await runHere(['publish', 'chat:x', 'messages', '{}', '--url', 'nowhere']),
    await runHere(['publish', 'chat:x']),
    await runHere(['publish', 'chat:x', 'messages', '{"text":"x"}', '--url', nowhere]),
    await runHere(['publish', 'chat:x', 'messages', '{}', '--url', nowhere, '--over', 'websocket', '--token', 'some']),
    await runHere([
      'publish',
      'chat:x',
      'messages',
      '{}',
      '--url',
      server.url,
      '--over',
      'websocket',
      '--token',
      'bad',
    ]),
  ]
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([...Array(11).fill(2), 1, 1, 1])
  expect(outcomes.slice(-2).map(({ stderr }) => stderr)).toEqual([
    `dovetail: no WebSocket to ${nowhere}\n`,
    'dovetail: unauthenticated: The token is not accepted: its form is wrong.\n',
  ])
  for (const { stdout, stderr } of outcomes)
    expect([stdout, stderr]).toEqual(['', expect.stringMatching(/^dovetail: [^\n]+\n$/)])
})
