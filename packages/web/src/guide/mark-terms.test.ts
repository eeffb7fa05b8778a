import { expect, test } from 'vitest'
import { markTerms } from './mark-terms.ts'

const shown = (text: string, terms: string[]) =>
  markTerms(text, terms)
    .map(({ part, marked }) => (marked ? `[${part}]` : part))
    .join('')

test('the words that a search found are marked where they stand, whatever their case', () => {
  expect(shown('Presence is told; presences are not.', ['presence'])).toBe('[Presence] is told; [presence]s are not.')
  expect(shown('a cursor', ['cursor', 'cur'])).toBe('a [cursor]')
  expect(shown('omnipresence', ['presence'])).toBe('omnipresence')
  expect(shown('', ['x'])).toBe('')
})

test('what is not found is one part', () => {
  expect(markTerms('nothing here', [])).toEqual([{ from: 0, part: 'nothing here', marked: false }])
})
