import { expect, test } from 'vitest'
import { fieldProblems } from './field-problems.ts'

test('a pointer leads to its field, and the first sentence about a field counts', () => {
  const errors = [
    { pointer: '/mail', message: 'This is no address.' },
    { pointer: '/mail', message: 'And too short.' },
    { pointer: '/a~1b', message: 'Odd.' },
    { pointer: '', message: 'About all.' },
  ]
  expect(fieldProblems(errors)).toEqual({ mail: 'This is no address.', 'a/b': 'Odd.' })
})
