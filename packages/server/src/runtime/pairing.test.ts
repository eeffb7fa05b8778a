import { describe, expect, test } from 'vitest'
import { compilePolicies } from '../core/access/policy.ts'
import { type Addresses, chooseBackbone, requirePairing } from './pairing.ts'

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
    [{ store: 'postgres://db/x', backbone: 'postgresql://db/x' }, present],
    [{ store: 'postgres://db/x', backbone: 'postgres://db/x', memory: 'redis://r' }, volatile],
  ])('%o is accepted', (addresses, policies) => {
    expect(() => requirePairing(addresses, policies)).not.toThrow()
  })

  test.each<[Addresses, typeof durable, RegExp]>([
    [{ backbone: 'redis://r' }, durable, /"redis:" joins several nodes.+"sqlite:" store.+--store postgres/],
    [{ backbone: 'kafkas://k', store: 'memory:' }, durable, /"kafkas:".+"memory:" store/],
    [{ backbone: 'kafka://k', store: 'memory:' }, durable, /"kafka:".+"memory:" store/],
    [{ backbone: 'postgres://db/x' }, durable, /"postgres:" joins several nodes.+"sqlite:" store.+--store postgres/],
    [{ backbone: 'postgres://db/x', store: 'postgres://db/x' }, volatile, /the channels of "prices".+--memory redis/],
    [{ backbone: 'redis://r', store: 'postgres://db/x' }, volatile, /the channels of "prices".+--memory redis/],
    [{ backbone: 'redis://r', store: 'postgres://db/x', memory: 'memory:' }, present, /the presence of "chat"/],
  ])('%o is refused with a message of one line', (addresses, policies, words) => {
    expect(() => requirePairing(addresses, policies)).toThrow(words)
    expect(() => requirePairing(addresses, policies)).not.toThrow(/\n|redis:\/\/r/)
  })
})

describe('the backbone, where none is named', () => {
  test.each<[Addresses, typeof durable, string]>([
    [{}, present, 'memory:'],
    [{ store: 'memory:' }, durable, 'memory:'],
    [{ store: 'postgres://db/x' }, durable, 'postgres://db/x'],
    [{ store: 'postgresql://db/x' }, present, 'postgresql://db/x'],
    [{ store: 'postgres://db/x', memory: 'redis://r' }, volatile, 'postgres://db/x'],
    [{ store: 'postgres://db/x', backbone: 'memory:' }, present, 'memory:'],
    [{ store: 'postgres://db/x', backbone: 'redis://r' }, durable, 'redis://r'],
  ])('of %o is the database of a PostgreSQL store, or none', (addresses, policies, address) => {
    expect(chooseBackbone(addresses, policies)).toEqual({ address, line: null })
    expect(() => requirePairing({ ...addresses, backbone: address }, policies)).not.toThrow()
  })

  test('is none where channels are in the memory of the process, which one line says', () => {
    const { address, line } = chooseBackbone({ store: 'postgres://db/x' }, volatile)
    expect(address).toBe('memory:')
    expect(line).toMatch(/^the channels of "prices" are in the memory of this process.+--memory redis/)
    expect(line).not.toMatch(/\n|db/)
  })
})
