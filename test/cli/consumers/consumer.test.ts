import type { ConsumerReport } from 'dovetail-protocol'
import { expect, test } from 'vitest'
import { at } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { tokenFor } from '../../support/servers/token-for.ts'
import { runHere } from '../run-here.ts'

/** The cells of each line of a table. */
const rowsOf = (table: string) =>
  table.split('\n').flatMap((line) =>
    line.startsWith('│')
      ? [
          line
            .split('│')
            .slice(1, -1)
            .map((cell) => cell.trim()),
        ]
      : [],
  )

const server = serving({ store: 'sqlite' })

async function consumer() {
  const rest = await server.rest('backend', { role: 'service' })
  const flags = ['--url', server.url, '--token', await tokenFor('worker', { role: 'service' })]
  const run = (...args: string[]) => runHere(['consumer', ...args, ...flags])
  return { rest, run }
}

test('[CON2] lists consumers, and shows one with its workers', async () => {
  const { rest, run } = await consumer()
  for (const text of ['1', '2', '3']) await rest.post(at('chat:shown'), { text })
  await rest.put('/v1/consumers/shown', { pattern: 'chat:shown', from: 'beginning' })
  await rest.put('/v1/consumers/idle', { pattern: 'chat:idle-*', from: 'now' })
  const listed = await run('list')
  expect([listed.exitCode, listed.stderr]).toEqual([0, ''])
  const made = expect.stringMatching(/^20.*Z$/)
  expect(rowsOf(listed.stdout)).toEqual([
    ['name', 'pattern', 'made', 'channels', 'behind', 'lag', 'workers'],
    ['idle', 'chat:idle-*', made, '0', '0', '0', '0'],
    ['shown', 'chat:shown', made, '1', '1', '3', '0'],
  ])
  const lines = (await run('list', '--json')).stdout.trim().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as ConsumerReport).name)).toEqual(['idle', 'shown'])
  expect((await run('show', 'shown')).stdout).toContain('no worker holds a channel')
  await rest.post('/v1/consumers/shown/next', { worker: 'host-1' })
  expect(rowsOf((await run('show', 'shown')).stdout)).toEqual([
    ['pattern', 'made', 'channels', 'behind', 'lag'],
    ['chat:shown', made, '1', '1', '3'],
    ['worker', 'holds'],
    ['host-1', '1'],
  ])
  const report = JSON.parse((await run('show', 'shown', '--json')).stdout) as ConsumerReport
  expect(report).toMatchObject({ lag: 3, workers: [{ worker: 'host-1', channels: 1 }] })
})

test('[CON9] resets a consumer to now and to the beginning, and deletes it', async () => {
  const { rest, run } = await consumer()
  for (const text of ['1', '2']) await rest.post(at('chat:moved'), { text })
  await rest.put('/v1/consumers/moved', { pattern: 'chat:moved', from: 'beginning' })
  const lag = async () => (await rest.get<ConsumerReport>('/v1/consumers/moved')).body.lag
  expect(await run('reset', 'moved', '--to', 'now')).toMatchObject({ exitCode: 0, stdout: '' })
  expect(await lag()).toBe(0)
  expect((await run('reset', 'moved', '--to', 'beginning')).exitCode).toBe(0)
  expect(await lag()).toBe(2)
  expect((await run('delete', 'moved')).exitCode).toBe(0)
  expect((await rest.get('/v1/consumers/moved')).status).toBe(404)
  const again = await run('delete', 'moved')
  expect([again.exitCode, again.stderr]).toEqual([1, expect.stringContaining('not_found')])
})

test('what can not be meant is refused in a line', async () => {
  const { run } = await consumer()
  expect((await run('reset', 'x')).exitCode).toBe(2)
  expect((await run('reset', 'x', '--to', 'yesterday')).exitCode).toBe(2)
  const unsigned = await runHere(['consumer', 'list', '--url', server.url])
  expect([unsigned.exitCode, unsigned.stderr]).toEqual([2, expect.stringMatching(/^dovetail: [^\n]+\n$/)])
})
