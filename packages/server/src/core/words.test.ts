import { array, assert, constantFrom, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tokensOf } from './words.ts'

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

  test('of Chinese are those of a short one, but for where a piece ends', () => {
    const sentence = '我今天在北京吃了烤鸭。'
    const few = tokensOf(sentence).map(({ word }) => word)
    const many = tokensOf(sentence.repeat(200))
    expect(few).toContain('北京')
    expect(many.filter(({ word }) => word === '北京')).toHaveLength(200)
    expect(many).toHaveLength(few.length * 200)
  })
})
