import * as crypto from 'node:crypto'
import { beforeEach, expect, test, vi } from 'vitest'
import { FileAddresses } from './file-addresses.ts'

vi.mock('node:crypto', async (original) => {
  const actual = await original<typeof crypto>()
  return { ...actual, timingSafeEqual: vi.fn((a: Buffer, b: Buffer) => actual.timingSafeEqual(a, b)) }
})
const compared = vi.mocked(crypto.timingSafeEqual)
beforeEach(() => {
  compared.mockClear()
})

const hour = 3_600_000
const addresses = new FileAddresses('a secret for tests only, 32 characters or more', {
  ...{ now: () => 1_000_000, monotonic: () => 0, busy: () => 0, after: () => () => {}, soon: () => () => {} },
})
const good = addresses.sign('read', 'f1', hour)

test('[FIL10] an address is good for its deed, its file and its time alone', () => {
  expect(() => addresses.require('read', 'f1', good)).not.toThrow()
  expect(() => addresses.require('write', 'f1', good)).toThrow(/not good/)
  expect(() => addresses.require('read', 'f2', good)).toThrow(/not good/)
  const over = addresses.sign('read', 'f1', 500_000)
  expect(() => addresses.require('read', 'f1', over)).toThrow(/no longer/)
})

test('[FIL10] a signature is compared in a time that does not tell how much of it is right', () => {
  const [seconds = '', digest = ''] = good.split('.')
  for (const right of [0, 1, digest.length - 1]) {
    const wrong = `${seconds}.${digest.slice(0, right)}${digest.slice(right).replaceAll(/./g, '_')}`
    compared.mockClear()
    expect(() => addresses.require('read', 'f1', wrong)).toThrow(/not good/)
    // By all of it at once, with nothing decided before by a part of it.
    expect(compared.mock.calls.map(([given, expected]) => [given.byteLength, expected.byteLength])).toEqual([
      [digest.length, digest.length],
    ])
  }
})
