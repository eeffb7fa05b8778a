import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { searchWords } from '../rules/search-tokens.ts'
import { GrowingWords } from './growing-words.ts'

const letters = [..."aZ9_ \n.,'’éßüÅſ—", 'a\u0301', ' ', ' ', '日', '本', 'ก', 'า', 'น', '👩‍💻', 'א', '3.14', "don't"]
const text = fc.array(fc.constantFrom(...letters), { maxLength: 12 }).map((each) => each.join(''))

/** Chinese and Japanese tokens come once, so that their number is not compared. */
const tokens = (words: string) => [...new Set(words.split(' '))]

test('[SEA9, SEA11] the words of a text that grows are those of the whole text', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), text, (pieces, note) => {
      const growing = new GrowingWords()
      let data = { text: '', note, n: 1 }
      for (const piece of pieces) {
        const before = JSON.stringify(data)
        data = { ...data, text: data.text + piece }
        const after = JSON.stringify(data)
        const words = growing.wordsOf(['text', 'note', 'absent'], {
          record: 'chat:a messages one',
          before,
          after,
          data,
        })
        expect(tokens(words)).toEqual(tokens(searchWords(['text', 'note', 'absent'], data)))
      }
    }),
    { numRuns: 1000 },
  )
})

test('[SEA9] a record that others changed meanwhile is cut anew', () => {
  const growing = new GrowingWords()
  const wordsOf = (before: string, after: string) =>
    growing.wordsOf(['text'], {
      ...{ record: 'chat:a messages one', before: JSON.stringify({ text: before }) },
      ...{ after: JSON.stringify({ text: after }), data: { text: after } },
    })
  expect(wordsOf('eins zwei', 'eins zwei drei')).toBe('eins zwei drei')
  expect(wordsOf('one two', 'one two three')).toBe('one two three')
})

test('[SEA9] of a text that grows only the last words are cut again', () => {
  const segment = vi.spyOn(Intl.Segmenter.prototype, 'segment')
  const growing = new GrowingWords()
  let grown = ''
  for (let n = 0; n < 200; n++) {
    const before = JSON.stringify({ text: grown })
    grown += `Wörter — ${n} `
    growing.wordsOf(['text'], { record: 'a', before, after: JSON.stringify({ text: grown }), data: { text: grown } })
  }
  const cut = segment.mock.calls.reduce((sum, [input]) => sum + input.length, 0)
  segment.mockRestore()
  expect(cut).toBeLessThan(grown.length * 4)
})
