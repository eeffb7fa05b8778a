import { EventEmitter } from 'node:events'
import { stripVTControlCharacters } from 'node:util'
import { run } from 'dovetail-cli'
import type { ServerStatus } from 'dovetail-protocol'
import { expect, test, vi } from 'vitest'
import { serving } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { patienceMs } from '../support/until.ts'
import { runHere } from './run-here.ts'

const server = serving()

async function environmentOf(role: 'admin' | 'user') {
  return { DOVETAIL_TOKEN: await tokenFor('root', { role }), DOVETAIL_URL: server.url }
}

test('[OPS1] --once prints nodes, channels and refusals, and with --json all of it on one line', async () => {
  const socket = await server.connect('alice')
  await socket.subscribe('chat:top')
  await (await server.rest('mallory')).put('/v1/users/bob', { name: 'Bob' })
  const shown = await runHere(['top', '--once'], await environmentOf('admin'))
  expect([shown.exitCode, shown.stderr]).toEqual([0, ''])
  expect(shown.stdout).toContain(`:${server.port}`)
  expect(shown.stdout).toMatch(/│ chat:top +│/)
  expect(shown.stdout).toMatch(/│ forbidden +│ mallory +│ PUT \/v1\/users\/:user +│/)
  const { stdout } = await runHere(['top', '--once', '--json'], await environmentOf('admin'))
  expect(stdout.split('\n')).toHaveLength(2)
  expect((JSON.parse(stdout) as ServerStatus).nodes[0]).toMatchObject({ readers: 1, state: 'serving' })
  socket.close(1000)
})

test('[OPS1] without a token, and with one that is not enough, it ends in one line', async () => {
  const without = await runHere(['top', '--once', '--url', server.url])
  const outcomes = [without, await runHere(['top'], await environmentOf('user'))]
  expect(outcomes.map(({ exitCode, stderr }) => [exitCode, stderr.trimEnd().split('\n').length])).toEqual([
    [2, 1],
    [1, 1],
  ])
  expect(outcomes[1]?.stderr).toContain('Only services and admins see how the server is.')
})

test('[OPS1] it draws in place on a terminal until Ctrl-C, which ends it with 0', async () => {
  const written: string[] = []
  const signals = new EventEmitter()
  const running = run(['top'], {
    environment: await environmentOf('admin'),
    stdout: (text) => void written.push(text),
    stderr: (text) => void written.push(text),
    stdin: () => {
      throw new Error('nothing is read')
    },
    columns: () => 100,
    rows: () => 30,
    onStdoutGone: () => undefined,
    signals,
    exit: (code) => {
      throw new Error(`exit(${code})`)
    },
  })
  await vi.waitFor(() => expect(written.length).toBeGreaterThanOrEqual(2), patienceMs)
  signals.emit('SIGINT')
  expect(await running).toBe(0)
  expect(written[0]?.startsWith('dovetail at ')).toBe(true)
  // Each drawing but the first goes up to the first line of the one before it.
  const [up, drawing] = [written[1]?.split('dovetail at ')[0], stripVTControlCharacters(written[1] ?? '')]
  expect([up?.startsWith('\x1b['), up?.endsWith('A'), drawing.startsWith('dovetail at ')]).toEqual([true, true, true])
  for (const line of drawing.split('\n')) expect(line.length).toBeLessThan(100)
})
