import { expect, test } from 'vitest'
import { fieldProblems } from './field-problems.ts'

test('field problems: a JSON pointer names its field, and the first message about a field is shown', () => {
  const errors = [
    { pointer: '/mail', message: 'This is no address.' },
    { pointer: '/mail', message: 'And too short.' },
    { pointer: '/a~1b', message: 'Odd.' },
    { pointer: '', message: 'About all.' },
  ]
  expect(fieldProblems(errors)).toEqual({ mail: 'This is no address.', 'a/b': 'Odd.' })
})
