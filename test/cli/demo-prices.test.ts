/** `dovetail demo prices`: feeds while anybody reads, whatever way, and says in one line why it does not. */
import { once } from 'node:events'
import { createClient, type TransportName } from 'dovetail-client'
import type { ChannelDescription } from 'dovetail-protocol'
import { expect, onTestFinished, test } from 'vitest'
import { serving } from '../support/servers/serving.ts'
import { runDovetail } from '../support/servers/spawn-server.ts'
import { testSecret } from '../support/servers/token-for.ts'
import { patienceMs, until } from '../support/until.ts'
import { folderWith, runHere } from './run-here.ts'

const server = serving()

async function ticks(): Promise<number> {
  return (await (await server.rest()).get<ChannelDescription>('/v1/channels/ticks:demo')).body.head
}

async function feeder(...flags: string[]) {
  const run = runDovetail(['demo', 'prices', '--url', server.url, ...flags], { DOVETAIL_SECRET: testSecret })
  await until('its line', once(run.child.stdout, 'data'), () => run.text.stderr)
  return run
}

test.each<TransportName>(['websocket', 'sse', 'long-poll', 'poll'])(
  'feeds while somebody reads over %s, each instrument, and ends at SIGTERM',
  async (transport) => {
    const { child, text, ended } = await feeder('--rate', '400')
    const before = await ticks()
    const client = createClient({ url: server.url, transport, storage: null })
    onTestFinished(() => client.close())
    const seen = new Set<string>()
    const follow = async () => {
      for await (const followed of client.channel('ticks:demo').follow()) {
        if (followed.type === 'changes') for (const { record } of followed.changes) seen.add(record.id)
        if (seen.size === 40) return
      }
    }
    await until('each instrument', follow(), () => text.stderr)
    expect(await ticks()).toBeGreaterThanOrEqual(before + 40)
    client.close()
    child.kill('SIGTERM')
    const { code, signal } = await until('the end', ended)
    expect([code, signal, text]).toEqual([
      0,
      null,
      { stdout: `feeding prices:demo and ticks:demo at ${server.url}\n`, stderr: '' },
    ])
  },
)

test('demo prices writes nothing while nobody reads, unless --always is given', async () => {
  // What was polled before is in demand for a while.
  const watcher = await server.connect('watcher', { role: 'service' })
  await watcher.subscribe('ticks:demo', { demand: true })
  while ((await watcher.next('demand', 'ticks:demo')).readers !== 0);
  const resting = await feeder()
  const before = await ticks()
  const always = await feeder('--always')
  await expect.poll(ticks, { timeout: patienceMs }).toBeGreaterThan(before)
  always.child.kill('SIGTERM')
  await until('the end', always.ended)
  const after = await ticks()
  resting.child.kill('SIGTERM')
  await until('the end', resting.ended)
  expect(await ticks()).toBe(after)
})

test('a token that is not accepted ends it with one line', async () => {
  const folder = await folderWith({})
  const { exitCode, stderr } = await runHere(['demo', 'prices', '--url', server.url, '--data', folder])
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^dovetail: refused: [^\n]+\n$/)])
})
