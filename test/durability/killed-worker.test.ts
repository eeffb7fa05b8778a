/** Workers of a consumer and its server, killed by SIGKILL: nothing is lost, and only what was not acknowledged comes again. */
import { expect, test } from 'vitest'
import { at } from '../support/paths.ts'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { caughtUp, faultsOf, startWorkers } from './consuming.ts'

const channels = ['chat:a', 'chat:b', 'chat:c', 'chat:d']
const rounds = 40

test('[CON3, CON4, CON5] workers and the server are killed in turn: nothing is lost, and the order of each channel holds', {
  timeout: 180_000,
}, async () => {
  let spawned = await spawnServer({ args: ['--limit', 'leaseSeconds=2'] })
  const url = spawned.server.url
  const backend = await spawned.server.rest('backend', { role: 'service' })
  await backend.put('/v1/consumers/mail', { pattern: 'chat:*', from: 'beginning' })
  const workers = await startWorkers()
  const running = ['w1', 'w2', 'w3'].map((name) => workers.start(name, [url]))
  const kill: Record<number, () => Promise<void>> = {
    5: () => replace(0),
    10: () => replace(1),
    15: () => restart(),
    20: () => replace(2),
    25: () => restart(),
  }
  const replace = async (index: number): Promise<void> => {
    await running[index]?.kill()
    running[index] = workers.start(`w${index + 4}`, [url])
  }
  const restart = async (): Promise<void> => {
    await spawned.kill()
    spawned = await spawned.restart()
  }
  for (let round = 0; round < rounds; round++) {
    for (const channel of channels) expect((await backend.post(at(channel), { text: `${round}` })).status).toBe(201)
    await kill[round]?.()
  }
  await caughtUp(backend)
  expect(faultsOf(await workers.lines(), new Map(channels.map((channel) => [channel, rounds])))).toEqual([])
})

test('the check of what was given finds what is lost, out of order, or given again', () => {
  const line = (word: 'given' | 'acknowledged', from: number, to: number) => ({
    worker: 'w',
    word,
    channel: 'a',
    from,
    to,
  })
  const heads = new Map([['a', 4]])
  expect(
    faultsOf([line('given', 0, 2), line('given', 0, 2), line('acknowledged', 0, 2), line('given', 2, 4)], heads),
  ).toEqual([])
  expect(faultsOf([line('given', 0, 2)], heads)).toEqual(['a: given up to 2 of 4'])
  expect(faultsOf([line('given', 0, 2), line('given', 3, 4)], heads)).toEqual(['a 3-4 of w: nobody was given 2-3'])
  expect(
    faultsOf([line('given', 0, 2), line('acknowledged', 0, 2), line('given', 0, 2), line('given', 2, 4)], heads),
  ).toEqual(['a 0-2 of w: up to 2 was acknowledged'])
})
