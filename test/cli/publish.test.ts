import { expect, test } from 'vitest'
import { at, freshChannel } from '../support/paths.ts'
import { serving } from '../support/serving.ts'
import { runDovetail } from '../support/spawn-server.ts'
import { tokenFor } from '../support/token-for.ts'
import { until } from '../support/until.ts'
import { runHere } from './run-here.ts'

const server = serving()
const linesIn = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

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

test('over a socket they go as commands, with the same outcomes', async () => {
  const channel = freshChannel()
  const metrics = async () => (await (await server.rest()).get('/metrics')).text
  const refusedOver = async (door: string) =>
    Number(new RegExp(`refused_total\\{door="${door}",code="invalid_data"\\} (\\d+)`).exec(await metrics())?.[1] ?? 0)
  const before = [await refusedOver('http'), await refusedOver('websocket')]
  const input = ['{"text":"one"}\n', '{"text":""}\n', '{"text":"two"}\n']
  const flags = ['--over', 'websocket', '--key', 'again', '--url', server.url, '--token', await tokenFor('ana')]
  const first = await runHere(['publish', channel, 'messages', ...flags], {}, input)
  const again = await runHere(['publish', channel, 'messages', ...flags], {}, input)
  expect([first.exitCode, first.stderr]).toEqual([1, 'dovetail: 1 of 3 writes refused\n'])
  expect(linesIn(first.stdout).map(({ record, error }) => record?.rev ?? error.code)).toEqual([1, 'invalid_data', 2])
  expect(again.stdout).toBe(first.stdout)
  expect(await textsOf(channel)).toEqual(['one', 'two'])
  // The door that refused the empty one is the one that it came by.
  expect([await refusedOver('http'), await refusedOver('websocket')]).toEqual([before[0], (before[1] ?? 0) + 2])
})

test('what is refused is told line by line, and the rest is written', async () => {
  const channel = freshChannel()
  const input = ['{"text":""}\n', 'no json\n', '{"text":"good"}\n']
  const { exitCode, stdout, stderr } = await runHere(
    ['publish', channel, 'messages', '-', '--url', server.url],
    {},
    input,
  )
  expect([exitCode, stderr]).toEqual([1, 'dovetail: 2 of 3 writes refused\n'])
  const [empty, broken, good] = linesIn(stdout)
  expect(empty.error).toMatchObject({ code: 'invalid_data', errors: [{ pointer: '/text' }] })
  expect(broken.error.code).toBe('invalid_json')
  expect(good.record.data).toEqual({ text: 'good' })
  expect(await textsOf(channel)).toEqual(['good'])
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
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([...Array(9).fill(2), 1, 1, 1])
  expect(outcomes.slice(-2).map(({ stderr }) => stderr)).toEqual([
    `dovetail: no WebSocket to ${nowhere}\n`,
    'dovetail: unauthenticated: The token is not accepted: its form is wrong.\n',
  ])
  for (const { stdout, stderr } of outcomes)
    expect([stdout, stderr]).toEqual(['', expect.stringMatching(/^dovetail: [^\n]+\n$/)])
})
