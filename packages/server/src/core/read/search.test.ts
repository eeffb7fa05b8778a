import { expect, test } from 'vitest'
import type { Accounts } from '../../ports/accounts.ts'
import { callerOf, coreWorld } from '../simulation/core-world.fixture.ts'
import { search } from './search.ts'

test('[SEA14] an answer is not complete while what it covers is indexed anew', async () => {
  const config = { channels: { chat: { collections: { messages: { search: ['text'] }, notes: {} } } } }
  const accounts = { channelsOf: async () => [] } as unknown as Accounts
  const { core } = coreWorld({ config, accounts })
  const asked: unknown[] = []
  const isBehind = (namespace: string | null, collection: string | null): boolean => {
    asked.push([namespace, collection])
    return collection !== 'notes'
  }
  const request = { q: 'word', channel: null, collection: null, limit: 10, after: null }
  const ask = (part: Partial<typeof request> | { channel: string } | { collection: string }) =>
    search({ ...core, reindexer: { isBehind } }, callerOf('ana'), { ...request, ...part })
  expect(await ask({})).toMatchObject({ hits: [], complete: false })
  expect(await ask({ channel: 'chat:a' })).toMatchObject({ complete: false })
  expect(await ask({ channel: 'chat:a', collection: 'notes' })).toMatchObject({ complete: true })
  expect(asked).toEqual([
    [null, null],
    ['chat', null],
    ['chat', 'notes'],
  ])
})
