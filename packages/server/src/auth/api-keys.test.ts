import { expect, test } from 'vitest'
import { callerOf } from '../core/simulation/core-world.fixture.ts'
import { HandClock } from '../core/simulation/hand-clock.fixture.ts'
import type { ApiKeys } from '../ports/api-keys/api-keys.ts'
import { MemoryApiKeys } from '../stores/memory/memory-api-keys.ts'
import { ApiKeyVerifier, createApiKey } from './api-keys.ts'

const root = callerOf('root', 'admin')

/** The same keys, whose uses are noted otherwise. */
function noting(keys: ApiKeys, note: ApiKeys['note']): ApiKeys {
  return {
    save: (key) => keys.save(key),
    find: (digest) => keys.find(digest),
    list: () => keys.list(),
    drop: (id) => keys.drop(id),
    note,
  }
}

async function world() {
  const keys = new MemoryApiKeys()
  const clock = new HandClock()
  const core = { clock } as unknown as Parameters<typeof createApiKey>[0]['core']
  const { key, text } = await createApiKey({ core, keys }, root, { user: 'billing', role: 'service' })
  const uses: number[] = []
  const counted = noting(keys, async (id, at) => {
    uses.push(at)
    await keys.note(id, at)
  })
  return { keys, clock, core, key, text, uses, verifier: new ApiKeyVerifier(counted, clock, () => undefined) }
}

test('[TOK22] the use of a key is written once a minute at most, however often it is used', async () => {
  const { clock, text, uses, verifier } = await world()
  const first = clock.now()
  for (let n = 0; n < 100; n++) await verifier.verify(text)
  expect(uses).toEqual([first])
  clock.jump(59_999)
  await verifier.verify(text)
  expect(uses).toEqual([first])
  clock.jump(1)
  await verifier.verify(text)
  expect(uses).toEqual([first, first + 60_000])
})

test('[TOK22] a node that starts anew writes no use that was just written', async () => {
  const { keys, clock, key, text } = await world()
  await keys.note(key.id, clock.now())
  const uses: string[] = []
  const watched = noting(keys, async (id) => void uses.push(id))
  await new ApiKeyVerifier(watched, clock, () => undefined).verify(text)
  expect(uses).toEqual([])
})

test('[TOK22] a use that can not be written refuses nobody', async () => {
  const { keys, clock, text } = await world()
  const faults: unknown[] = []
  const failing = noting(keys, () => Promise.reject(new Error('full')))
  expect((await new ApiKeyVerifier(failing, clock, (error) => faults.push(error)).verify(text)).user).toBe('billing')
  await expect.poll(() => faults).toHaveLength(1)
})

test('[TOK19] keys differ, and what is kept of one is not it', async () => {
  const { keys, core, text } = await world()
  const other = await createApiKey({ core, keys }, root, { user: 'billing', role: 'service' })
  expect(other.text).not.toBe(text)
  expect(JSON.stringify(await keys.list())).not.toMatch(new RegExp(`${text.slice(3)}|${other.text.slice(3)}`))
})
