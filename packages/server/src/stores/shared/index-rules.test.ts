import { describe, expect, test } from 'vitest'
import { nextRules, progressOf } from './index-rules.ts'

const chat = (rules: string, collection = 'messages') => ({ namespace: 'chat', collection, rules })

describe('the rules of an index', () => {
  test('[SEA14] rules that were wanted before the walk had ended count as never reached', () => {
    const one = nextRules([{ ...chat('one'), wanted: 'one' }], [chat('two')], true)
    expect(one).toEqual({ rules: [{ ...chat('?'), wanted: 'two' }], restarts: true })
    expect(nextRules(one.rules, [chat('two')], true)).toEqual({ rules: one.rules, restarts: false })
    expect(nextRules(one.rules, [chat('one')], true)).toEqual({
      rules: [{ ...chat('?'), wanted: 'one' }],
      restarts: true,
    })
  })

  test('[SEA14] a collection that was never searched takes no walk', () => {
    expect(nextRules([], [chat(''), chat('one', 'notes')], true)).toEqual({
      rules: [{ ...chat('?', 'notes'), wanted: 'one' }],
      restarts: true,
    })
  })

  test('progress names what is behind', () => {
    const walk = { done: 3, total: 9 }
    expect(progressOf([{ ...chat('one'), wanted: 'one' }], walk)).toBeNull()
    expect(progressOf([{ ...chat('?'), wanted: 'one' }], walk)).toEqual({
      collections: [{ namespace: 'chat', collection: 'messages' }],
      ...walk,
    })
  })
})
