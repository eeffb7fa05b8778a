import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConsumerReport } from 'dovetail-protocol'
import { expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { runDovetail } from '../../support/servers/spawn-server.ts'
import { tokenFor } from '../../support/servers/token-for.ts'
import { until } from '../../support/until.ts'
import { folderWith, runHere } from '../run-here.ts'

const server = serving({ store: 'sqlite', limits: { leaseSeconds: 2 } })

interface Line {
  readonly channel: string
  readonly epoch: string
  readonly change: { readonly record: { readonly rev: number; readonly data: { readonly text: string } } }
}

const linesIn = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line)
const textsIn = (text: string) => linesIn(text).map(({ change }) => change.record.data.text)

/** A channel with these texts, a consumer's name of its own, and the command line of a worker. */
async function filled(...texts: string[]) {
  const channel = freshChannel()
  const name = channel.replace(':', '-')
  const rest = await server.rest('backend', { role: 'service' })
  const write = async (...more: string[]) => {
    for (const text of more) expect((await rest.post(at(channel), { text })).status).toBe(201)
  }
  await write(...texts)
  const token = await tokenFor('worker', { role: 'service' })
  const flags = ['--url', server.url, '--token', token]
  const args = ['consume', name, '--pattern', channel, '--from', 'beginning', ...flags]
  const report = async () => (await rest.get<ConsumerReport>(`/v1/consumers/${name}`)).body
  return { channel, name, write, flags, args, report }
}

/** A real process that works; `seen` resolves once its output holds the text. */
function worker(args: readonly string[]) {
  const { child, text, ended } = runDovetail([...args])
  const seen = (wanted: string) =>
    until(
      `"${wanted}"`,
      (async () => {
        while (!text.stdout.includes(wanted)) await once(child.stdout, 'data')
      })(),
    )
  return { child, text, ended: () => until('the end', ended, () => text.stderr), seen }
}

test('[CON3, CON4] prints a line for each change, and what was printed is not given again', async () => {
  const { channel, args, write, report } = await filled('1', '2')
  const first = await runHere([...args, '--count', '2'])
  expect([first.exitCode, first.stderr, textsIn(first.stdout)]).toEqual([0, '', ['1', '2']])
  expect(linesIn(first.stdout)[0]).toMatchObject({ channel, epoch: expect.any(String), change: { record: { rev: 1 } } })
  expect(await report()).toMatchObject({ channels: 1, behind: 0, lag: 0, workers: [] })
  await write('3')
  expect(textsIn((await runHere([...args, '--count', '1'])).stdout)).toEqual(['3'])
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  'ends cleanly at %s: what was printed is acknowledged, and no channel is held',
  async (signal) => {
    const { args, report, write } = await filled('1')
    const { child, text, ended, seen } = worker(args)
    await seen('"1"')
    await write('2')
    await seen('"2"')
    child.kill(signal)
    expect(await ended()).toMatchObject({ code: 0, signal: null })
    expect([textsIn(text.stdout), text.stderr]).toEqual([['1', '2'], ''])
    expect(await report()).toMatchObject({ lag: 0, workers: [] })
  },
)

test('[CON4] runs a command for each batch, with its lines on stdin, and acknowledges when it ended well', async () => {
  const { args, name, report, write } = await filled('1', '2')
  const folder = await folderWith({ 'work.sh': 'echo "$DOVETAIL_CONSUMER $1" >> "$2"; cat >> "$2"; echo done\n' })
  const out = join(folder, 'out')
  const command = ['--', 'sh', join(folder, 'work.sh'), 'for me', out]
  const first = await runHere([...args, '--count', '2', ...command])
  expect([first.exitCode, first.stdout, first.stderr]).toEqual([0, 'done\n', ''])
  const [head, ...lines] = (await readFile(out, 'utf8')).split('\n')
  expect([head, textsIn(lines.join('\n'))]).toEqual([`${name} for me`, ['1', '2']])
  await write('3')
  await runHere([...args, '--count', '1', ...command])
  expect(textsIn((await readFile(out, 'utf8')).split('\n').slice(4).join('\n'))).toEqual(['3'])
  expect((await report()).lag).toBe(0)
})

test('[CON4, CON6] a batch with which the command failed is tried again, and given back when that was too often', async () => {
  const { args, report } = await filled('1')
  const folder = await folderWith({ 'work.sh': 'cat > "$1/batch"; echo >> "$1/runs"; test -e "$1/fine"\n' })
  const command = ['--', 'sh', join(folder, 'work.sh'), folder]
  const refused = await runHere([...args, '--attempts', '2', ...command])
  expect([refused.exitCode, refused.stdout]).toEqual([1, ''])
  expect(refused.stderr.split('\n').slice(0, -1)).toEqual([
    'dovetail: the command ended with 1; it is run again in 1 s',
    'dovetail: sh failed 2 times with a batch, which is given back',
  ])
  expect(await readFile(join(folder, 'runs'), 'utf8')).toBe('\n\n')
  expect(await report()).toMatchObject({ lag: 1, workers: [] })
  const again = await runHere([...args, '--count', '1', '--', 'sh', '-c', 'cat'])
  expect([again.exitCode, textsIn(again.stdout)]).toEqual([0, ['1']])
})

test('[CON6] at a signal the command is told to end, and its batch is given to another worker at once', async () => {
  const { args, report } = await filled('1')
  const { child, ended, seen } = worker([...args, '--', 'sh', '-c', 'echo begun; exec sleep 600'])
  await seen('begun')
  expect((await report()).workers.length).toBe(1)
  child.kill('SIGTERM')
  expect(await ended()).toMatchObject({ code: 0, signal: null })
  expect(await report()).toMatchObject({ lag: 1, workers: [] })
})

test('lines that nobody reads are not acknowledged', async () => {
  const { args, report, write } = await filled('1')
  const { child, ended, seen } = worker(args)
  await seen('"1"')
  await expect.poll(async () => (await report()).lag).toBe(0)
  child.stdout.destroy()
  await write('2')
  expect(await ended()).toMatchObject({ code: 0, signal: null })
  expect((await report()).lag).toBe(1)
})

test('a wrong command line is one line with exit code 2, and a refusal one with 1', async () => {
  const { name, args, flags, report } = await filled('1')
  const wrong = [
    ['consume', ...flags],
    ['consume', name, ...flags],
    ['consume', 'no name', '--pattern', 'chat:*', ...flags],
    [...args, '--from', 'yesterday'],
    [...args, '--attempts', '3'],
    [...args, '--count', '0'],
    [...args, '--limit', 'x'],
    ['consume', name, '--pattern', 'chat:*', '--url', server.url],
  ]
  for (const line of wrong) {
    const { exitCode, stdout, stderr } = await runHere(line)
    expect([line, exitCode, stdout, stderr]).toEqual([line, 2, '', expect.stringMatching(/^dovetail: [^\n]+\n$/)])
  }
  const token = await tokenFor('ana')
  const refused = await runHere(['consume', name, '--pattern', 'chat:*', '--url', server.url, '--token', token])
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('forbidden')])
  const absent = await runHere([...args, '--', '/no/such/program'])
  expect([absent.exitCode, absent.stderr]).toEqual([
    1,
    expect.stringMatching(/^dovetail: \/no\/such\/program: .*ENOENT\n$/),
  ])
  expect(await report()).toMatchObject({ lag: 1, workers: [] })
})
