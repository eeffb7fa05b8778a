/** The suite that every adapter of `api-keys.ts` passes. Its rule ids begin with KEY. */
import { expect, test } from 'vitest'
import type { ApiKey, ApiKeys } from './api-keys.ts'

interface KeyStore {
  readonly apiKeys: ApiKeys
  close(): Promise<void>
}

/** `reopen` closes the store and opens the same data again; `null`: nothing outlives the process. */
export type OpenApiKeys = () => Promise<{
  readonly store: KeyStore
  readonly reopen: (() => Promise<KeyStore>) | null
}>

const at = Date.UTC(2026, 10, 25)

function keyOf(id: string, createdAt = at): ApiKey {
  return { id, digest: id.repeat(8), user: 'backend', role: 'service', createdAt, lastUsedAt: null }
}

export function apiKeysContract(open: OpenApiKeys): void {
  async function opened(run: (keys: ApiKeys) => Promise<void>): Promise<void> {
    const { store } = await open()
    try {
      await run(store.apiKeys)
    } finally {
      await store.close()
    }
  }

  test('[KEY1] a key is found by the digest that it was saved with, and by no other', () =>
    opened(async (keys) => {
      const saved = { ...keyOf('a1'), user: 'b+o@x:y', role: 'admin' as const }
      await keys.save(saved)
      await keys.save(keyOf('b2'))
      expect(await keys.find(saved.digest)).toEqual(saved)
      for (const digest of ['', saved.id, saved.digest.slice(0, -1), saved.digest.toUpperCase(), '%', "' OR 1=1"])
        expect(await keys.find(digest), digest).toBeNull()
    }))

  test('[KEY2] keys are listed from the oldest to the newest', () =>
    opened(async (keys) => {
      expect(await keys.list()).toEqual([])
      for (const key of [keyOf('c3', at + 2), keyOf('a1', at + 1), keyOf('b2', at + 3)]) await keys.save(key)
      expect((await keys.list()).map(({ id }) => id)).toEqual(['a1', 'c3', 'b2'])
    }))

  test('[KEY3] the latest use is kept, in whatever order uses are noted', () =>
    opened(async (keys) => {
      const key = keyOf('a1')
      await keys.save(key)
      await keys.save(keyOf('b2'))
      for (const use of [at + 5, at + 9, at + 7]) await keys.note('a1', use)
      await keys.note('unknown', at)
      expect(await keys.find(key.digest)).toEqual({ ...key, lastUsedAt: at + 9 })
      expect((await keys.list()).map(({ lastUsedAt }) => lastUsedAt)).toEqual([at + 9, null])
    }))

  test('[KEY4] a key that was dropped is found and listed no more; others stay', () =>
    opened(async (keys) => {
      const [key, other] = [keyOf('a1'), keyOf('b2')]
      for (const each of [key, other]) await keys.save(each)
      expect([await keys.drop('a1'), await keys.drop('a1'), await keys.drop('unknown')]).toEqual([true, false, false])
      expect(await keys.find(key.digest)).toBeNull()
      expect(await keys.list()).toEqual([other])
    }))

  test('[KEY5] where data outlives the process, keys and their last use do', async () => {
    const { store, reopen } = await open()
    const [key, dropped] = [keyOf('a1'), keyOf('b2')]
    for (const each of [key, dropped]) await store.apiKeys.save(each)
    await store.apiKeys.note('a1', at + 1)
    await store.apiKeys.drop('b2')
    const again = reopen === null ? store : await reopen()
    try {
      expect(await again.apiKeys.list()).toEqual([{ ...key, lastUsedAt: at + 1 }])
    } finally {
      await again.close()
    }
  })
}
