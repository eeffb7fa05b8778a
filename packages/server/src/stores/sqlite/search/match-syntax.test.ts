import { expect, test } from 'vitest'
import { matchOf } from './search-tokens.ts'

test('[SEA4] what is syntax in a MATCH expression of SQLite stands in quotes there, so that it is a word', () => {
  expect(matchOf({ words: ['OR', 'a"b', 'NEAR(x'], prefix: 'col:x' })).toBe(
    '"OR" AND "a""b" AND "NEAR(x" AND "col:x" *',
  )
  expect(matchOf({ words: ['*'], prefix: null })).toBe('"*"')
})
