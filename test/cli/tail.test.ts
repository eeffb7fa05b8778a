import { once } from 'node:events'
import { join } from 'node:path'
import { createClient } from 'dovetail-client'
import { expect, test } from 'vitest'
import { freshChannel } from '../support/paths.ts'
import { serving } from '../support/servers/serving.ts'
import { runDovetail } from '../support/servers/spawn-server.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { until } from '../support/until.ts'
import { folderWith, runHere } from './run-here.ts'

const server = serving({ store: 'sqlite' })

interface Line {
  readonly channel: string
  readonly cursor: string
  readonly change: { readonly collection: string; readonly record: { rev: number; data: { text: string } } }
}

const linesIn = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line)
const textsIn = (text: string) => linesIn(text).map(({ change }) => change.record.data.text)

async function writer(channel: string) {
  const messages = createClient({ url: server.url, token: await tokenFor('ana'), storage: null })
    .channel(channel)
    .collection('messages')
  return async (...texts: string[]) => {
    for (const text of texts) await messages.create({ text })
  }
}

/** A real process that follows; `seen` resolves once its output holds the text. */
function tail(...args: string[]) {
  const { child, text, ended } = runDovetail(['tail', '--url', server.url, ...args])
  const seen = (stream: 'stdout' | 'stderr', wanted: string) =>
    until(
      `"${wanted}" on ${stream}`,
      (async () => {
        while (!text[stream].includes(wanted)) await once(child[stream], 'data')
      })(),
    )
  return { child, text, ended, seen }
}

test.each(['websocket', 'sse', 'long-poll', 'poll'])('follows over %s, and ends at SIGINT', async (over) => {
  const channel = freshChannel()
  const write = await writer(channel)
  await write('before')
  const { child, text, ended, seen } = tail(channel, '--over', over, '--after', '0')
  await seen('stdout', '"before"')
  await seen('stderr', `over ${over}`)
  await write('one', 'two')
  await seen('stdout', '"two"')
  child.kill('SIGINT')
  const { code, signal } = await until('the end', ended)
  expect({ code, signal, texts: textsIn(text.stdout) }).toEqual({
    code: 0,
    signal: null,
    texts: ['before', 'one', 'two'],
  })
  expect(text.stderr).toBe(`dovetail: following ${channel} at ${server.url} over ${over}\n`)
})

test('each line has the cursor that goes on after it', async () => {
  const channel = freshChannel()
  const write = await writer(channel)
  await write('a', 'b', 'c', 'd')
  const flags = ['tail', channel, '--url', server.url]
  const all = await runHere([...flags, '--after', '0', '--count', '4'])
  expect([all.exitCode, textsIn(all.stdout)]).toEqual([0, ['a', 'b', 'c', 'd']])
  const lines = linesIn(all.stdout)
  expect(lines[0]).toMatchObject({ channel, change: { collection: 'messages', record: { rev: 1, author: 'ana' } } })
  for (const over of ['websocket', 'sse', 'long-poll', 'poll']) {
    const rest = await runHere([...flags, '--over', over, '--after', lines[1]?.cursor ?? '', '--count', '2'])
    expect(rest.stdout).toBe(all.stdout.split('\n').slice(2).join('\n'))
  }
  const last = await runHere([...flags, '--last', '3', '--count', '2'])
  expect(textsIn(last.stdout)).toEqual(['b', 'c'])
})

test('tail prints a line of its own for a cursor that cannot be continued', async () => {
  const channel = freshChannel()
  await (await writer(channel))('a')
  const { text, child, ended, seen } = tail(channel, '--after', 'another.7')
  await seen('stdout', 'reset')
  child.kill('SIGTERM')
  await until('the end', ended)
  expect(JSON.parse(text.stdout)).toEqual({ channel, cursor: expect.stringMatching(/\.1$/), reset: 'epoch' })
})

test('ends well where nobody takes its lines any more', async () => {
  const channel = freshChannel()
  const write = await writer(channel)
  await write('first')
  const { child, ended, seen, text } = tail(channel, '--after', '0')
  await seen('stdout', '"first"')
  child.stdout.destroy()
  await write('for nobody')
  const { code, signal } = await until('the end', ended)
  expect([code, signal, text.stderr.split('\n').length]).toEqual([0, null, 2])
})

test('[S10] a token from a file is used as one on the command line is, and two at once are refused', async () => {
  const token = await tokenFor('ana')
  const file = join(await folderWith({ token: `${token}\n` }), 'token')
  const channel = freshChannel()
  const written = createClient({ url: server.url, token, storage: null }).channel(channel).collection('messages')
  await written.create({ text: 'seen' })
  const flags = [channel, '--url', server.url, '--after', '0', '--count', '1']
  expect(textsIn((await runHere(['tail', ...flags, '--token-file', file])).stdout)).toEqual(['seen'])
  expect(textsIn((await runHere(['tail', ...flags], { DOVETAIL_TOKEN_FILE: file })).stdout)).toEqual(['seen'])
  const wrong = join(await folderWith({ token: 'no.good.token' }), 'token')
  expect((await runHere(['tail', ...flags, '--token-file', wrong])).exitCode).toBe(1)
  expect((await runHere(['tail', ...flags, '--token-file', `${file}.absent`])).exitCode).toBe(1)
  expect((await runHere(['tail', ...flags, '--token', token, '--token-file', file])).exitCode).toBe(2)
})

test('what can not be meant and what is refused is one line, with an exit code of its own', async () => {
  const flags = ['--url', server.url]
  const outcomes = await Promise.all([
    runHere(['tail', 'no channel', ...flags]),
    runHere(['tail', 'chat:x', '--over', 'pigeon', ...flags]),
    runHere(['tail', 'chat:x', '--after', 'nonsense!', ...flags]),
    runHere(['tail', 'chat:x', '--last', '3', '--after', '0', ...flags]),
    runHere(['tail', 'chat:x', '--last', '-1', ...flags]),
    ...['0', '1.5', 'x', ''].map((count) => runHere(['tail', 'chat:x', '--count', count, ...flags])),
    runHere(['tail', 'chat:x', '--fly', ...flags]),
    runHere(['tail', 'chat:x', 'chat:y', ...flags]),
    runHere(['tail', 'chat:x', '--url', 'nowhere']),
    runHere(['tail']),
    runHere(['tail', 'forms:secret', ...flags]),
    runHere(['tail', 'chat:x', '--token', 'no.good.token', ...flags]),
  ])
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([...Array(13).fill(2), 1, 1])
  for (const { stdout, stderr } of outcomes) {
    // Nobody is said to follow what may not be followed.
    expect([stdout, stderr]).toEqual(['', expect.stringMatching(/^dovetail: [^\n]+\n$/)])
  }
})

test('tail prints one line about a server that does not answer and waits for it, but fails where --last needs its head', async () => {
  const { child, text, ended } = runDovetail(['tail', 'chat:x', '--url', 'http://127.0.0.1:9'])
  await until('the line', once(child.stderr, 'data'))
  child.kill('SIGTERM')
  const { code } = await until('the end', ended)
  expect([code, text.stderr]).toEqual([0, 'dovetail: no answer from http://127.0.0.1:9; trying again\n'])
  const last = await runHere(['tail', 'chat:x', '--last', '3', '--url', 'http://127.0.0.1:9'])
  expect([last.exitCode, last.stderr]).toEqual([1, 'dovetail: no answer from http://127.0.0.1:9\n'])
})

test('[FOL1, FOL7] follows all channels of a pattern: a line for each change, and the cursor of all of them', async () => {
  const [one, two] = [`${freshChannel()}-p`, `${freshChannel()}-p`]
  const pattern = `${one.slice(0, one.indexOf(':'))}:*`
  await (await writer(one))('1', '2')
  await (await writer(two))('3')
  const token = await tokenFor('worker', { role: 'service' })
  const args = ['tail', '--url', server.url, '--token', token]
  const { exitCode, stdout } = await runHere([...args, pattern, '--after', '0', '--until', 'head'])
  expect(exitCode).toBe(0)
  const lines = linesIn(stdout)
  const revsOf = (name: string) =>
    lines.filter(({ channel }) => channel === name).map(({ change }) => change.record.rev)
  expect([revsOf(one), revsOf(two)]).toEqual([[1, 2], [1]])
  const { cursor } = lines.at(-1) ?? { cursor: '' }
  await (await writer(two))('4')
  const { stdout: rest } = await runHere([...args, pattern, '--after', cursor, '--count', '1'])
  expect(textsIn(rest)).toEqual(['4'])
})

test.each([
  [['--last', '1'], '--last'],
  [['--over', 'sse'], '--over'],
])('a pattern has no %j', async (flags, named) => {
  const { exitCode, stderr } = await runHere(['tail', '--url', server.url, 'chat:*', ...flags])
  expect([exitCode === 0, stderr]).toEqual([false, expect.stringContaining(named)])
})

test('[FOL3] a pattern without the token of a service is refused in a line', async () => {
  const { exitCode, stderr } = await runHere(['tail', '--url', server.url, 'chat:*'])
  expect([exitCode, stderr.trim().split('\n')]).toEqual([1, [expect.stringContaining('unauthenticated')]])
})
