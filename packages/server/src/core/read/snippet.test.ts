import { expect, test } from 'vitest'
import { snippetOf } from './snippet.ts'

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })
const piecesOf = (text: string) => [...characters.segment(text)].map(({ segment }) => segment)

test.each([
  ['a letter with an accent of its own', 'a\u0301'],
  ['a letter with three accents', 'e\u0301\u0302\u0303'],
  ['an emoji', '\u{1f600}'],
  ['an emoji of several people', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}'],
  ['an emoji with a skin colour', '\u{1f469}\u{1f3fd}\u200d\u{1f680}'],
])('[SEA8] a snippet is cut beside %s, not within, wherever that falls', (_what, character) => {
  for (let shift = 0; shift < character.length; shift++) {
    const text = `${character.repeat(80)}${'x'.repeat(shift)} needle ${character.repeat(120)}`
    const { text: snippet, marks } = snippetOf([text], { words: ['needle'], prefix: null, phrases: [] })
    expect(snippet.length).toBeLessThanOrEqual(160)
    expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual(['needle'])
    const odd = piecesOf(snippet).filter((piece) => piece !== character && !/^[x needl]$/.test(piece))
    expect(odd).toEqual([])
  }
})

test('[SEA8] what is longer than any character is cut all the same', () => {
  const { text } = snippetOf([`needle a${'\u0301'.repeat(500)}`], { words: ['needle'], prefix: null, phrases: [] })
  expect([text.length, text.startsWith('needle a')]).toEqual([160, true])
})
