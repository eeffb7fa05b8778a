import { describe, expect, test } from 'vitest'
import { compilePolicies } from '../core/access/policy.ts'
import { type Addresses, requirePairing } from './pairing.ts'

const plain = { collections: { messages: {} } }
const durable = compilePolicies({ channels: { chat: plain } })
const volatile = compilePolicies({ channels: { chat: plain, prices: { ...plain, storage: 'memory' } } })
const present = compilePolicies({ channels: { chat: { ...plain, presence: true } } })

describe('the combination of store, memory and backbone', () => {
  test.each<[Addresses, typeof durable]>([
    [{}, volatile],
    [{ store: 'postgres://db/x' }, present],
    [{ store: 'memory:', memory: 'memory:', backbone: 'memory:' }, volatile],
    [{ store: 'postgres://db/x', backbone: 'redis://r' }, durable],
    [{ store: 'postgresql://db/x', backbone: 'kafka://k:1', memory: 'redis://r' }, volatile],
    [{ store: 'postgres://db/x', backbone: 'rediss://r', memory: 'redis://r' }, present],
  ])('%o is accepted', (addresses, policies) => {
    expect(() => requirePairing(addresses, policies)).not.toThrow()
  })

  test.each<[Addresses, typeof durable, RegExp]>([
    [{ backbone: 'redis://r' }, durable, /"redis:" joins several nodes.+"sqlite:" store.+--store postgres/],
    [{ backbone: 'kafkas://k', store: 'memory:' }, durable, /"kafkas:".+"memory:" store/],
    [{ backbone: 'kafka://k', store: 'memory:' }, durable, /"kafka:".+"memory:" store/],
    [{ backbone: 'redis://r', store: 'postgres://db/x' }, volatile, /the channels of "prices".+--memory redis/],
    [{ backbone: 'redis://r', store: 'postgres://db/x', memory: 'memory:' }, present, /the presence of "chat"/],
  ])('%o is refused with a message of one line', (addresses, policies, words) => {
    expect(() => requirePairing(addresses, policies)).toThrow(words)
    expect(() => requirePairing(addresses, policies)).not.toThrow(/\n|redis:\/\/r/)
  })
})
