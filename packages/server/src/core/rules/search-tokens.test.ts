import { array, assert, constantFrom, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runTokens, searchWords, type Token, textParts } from './search-tokens.ts'

function tokensOf(text: string): Token[] {
  return textParts(text).flatMap((part) => (part.kind === 'word' ? [part.token] : part.characters))
}

/** Each needs no dictionary, so that a text in pieces must give what the same words give alone. */
const words = ['straße', 'Ελλάδα', 'привет', 'naïve', 'x'.repeat(300), 'ж'.repeat(700), 'שלום', '𝒜𝒷']

describe('the tokens of a long text', () => {
  test('are those of its words, each where it stands', () => {
    assert(
      property(array(constantFrom(...words), { maxLength: 120 }), (chosen) => {
        const text = chosen.join(' ')
        const tokens = tokensOf(text)
        const alone = chosen.flatMap((word) => tokensOf(word).map((token) => token.word))
        expect(tokens.map((token) => token.word)).toEqual(alone)
        for (const { from, to } of tokens) expect(words).toContain(text.slice(from, to))
      }),
      { numRuns: 100, seed: 20_261_125 },
    )
  })

  test('of Chinese are its characters and its pairs, however long it is', () => {
    const parts = textParts('我在北京。'.repeat(2000))
    expect(parts).toHaveLength(2000)
    for (const part of parts) {
      if (part.kind !== 'run') throw new Error('a run was expected')
      expect(runTokens(part.characters)).toEqual(['我', '在', '北', '京', '我在', '在北', '北京'])
    }
    expect(searchWords(['text'], { text: '京京京。京京' })).toBe('京 京京')
  })
})

describe('the tokens of plain ASCII', () => {
  test('are its runs of letters, digits and underscores, but for those of underscores alone', () => {
    const character = constantFrom(..."aZ09__ .,-\n'")
    assert(
      property(string({ unit: character, maxLength: 40 }), (text) => {
        const runs = text.toLowerCase().match(/\w+/g) ?? []
        const wanted = runs.filter((run) => /[^_]/.test(run))
        const tokens = tokensOf(text)
        expect(tokens.map(({ word }) => word)).toEqual(wanted)
        for (const { word, from, to } of tokens) expect(text.slice(from, to).toLowerCase()).toBe(word)
        expect(searchWords(['text'], { text })).toBe(wanted.join(' '))
      }),
      { numRuns: 1000, seed: 20_261_128 },
    )
  })

  test('are cut where they are too long', () => {
    expect(tokensOf('a'.repeat(100)).map(({ word }) => word)).toEqual(['a'.repeat(64)])
  })
})

describe('the words of a record', () => {
  test('are those of its search fields, in the order of the fields, whatever their script', () => {
    const data = { title: 'Über uns', text: 'hello World', other: 'nothing' }
    expect(searchWords(['text', 'title', 'missing'], data)).toBe('hello world uber uns')
  })

  test.each([null, 'text', 7, [], { text: 7 }])('%j has none', (data) => {
    expect(searchWords(['text'], data)).toBe('')
  })
})
