import { defaultLimits, type Limits } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { anonymous, type Caller } from '../access/caller.ts'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { Budgets, type Payer } from './budgets.ts'

const limits: Limits = {
  ...defaultLimits,
  commands: 1,
  commandsBurst: 10,
  addressCommands: 2,
  addressCommandsBurst: 15,
  recordsCost: 2,
}
const payer = (caller: Partial<Caller>, address = 'a', connection?: string): Payer => ({
  caller: { ...anonymous, ...caller },
  address: () => address,
  ...(connection === undefined ? {} : { connection }),
})
const alice: Partial<Caller> = { user: 'alice', role: 'user' }

function taken(budgets: Budgets, by: Payer, price = 1): number {
  for (let count = 0; ; count++) {
    try {
      budgets.take(by, price)
    } catch {
      return count
    }
    if (count > 1000) return count
  }
}

describe('budgets', () => {
  test('a user has one budget on every address and connection', () => {
    const budgets = new Budgets(new HandClock(), limits)
    expect(taken(budgets, payer(alice, 'a', 'one'))).toBe(10)
    expect(taken(budgets, payer(alice, 'b', 'two'))).toBe(0)
    expect(taken(budgets, payer({ user: 'bob', role: 'guest' }))).toBe(10)
  })

  test('callers without a token share the budget of their address, and a new connection brings no new one', () => {
    const budgets = new Budgets(new HandClock(), limits)
    expect(taken(budgets, payer({}, 'a', 'one'))).toBe(10)
    expect(taken(budgets, payer({}, 'a', 'two'))).toBe(5)
    expect(taken(budgets, payer({}, 'a', 'three'))).toBe(0)
    expect(taken(budgets, payer({}, 'a'))).toBe(0)
    expect(taken(budgets, payer({}, 'b'))).toBe(15)
  })

  test('a service has no budget', () => {
    const budgets = new Budgets(new HandClock(), limits)
    const service = payer({ user: 'backend', role: 'service' })
    expect(taken(budgets, service)).toBeGreaterThan(1000)
    expect(budgets.stateOf(service)).toBeNull()
  })

  test('prices may be fractions, and the state tells what is left', () => {
    const budgets = new Budgets(new HandClock(), limits)
    for (let n = 0; n < 5; n++) budgets.take(payer(alice), 0.1)
    expect(budgets.stateOf(payer(alice))).toMatchObject({ of: 'user', burst: 10 })
    expect(budgets.stateOf(payer(alice))?.tokens).toBeCloseTo(9.5)
    expect(budgets.stateOf(payer({}))).toMatchObject({ of: 'address', burst: 15, tokens: 15 })
  })

  test('records are paid afterwards: what follows waits for the debt, which is one burst at most', () => {
    const clock = new HandClock()
    const budgets = new Budgets(clock, limits)
    budgets.chargeRecords(payer(alice), 2000)
    expect(budgets.stateOf(payer(alice))?.tokens).toBe(6)
    budgets.chargeRecords(payer(alice), 1_000_000)
    expect(() => budgets.take(payer(alice), 0)).toThrow('Too many commands at once.')
    clock.spend(10_001)
    expect(() => budgets.take(payer(alice), 0)).not.toThrow()
    expect(() => budgets.take(payer(alice), 1)).toThrow('Too many commands at once.')
    clock.spend(1000)
    budgets.take(payer(alice), 1)
  })
})
