import { array, assert, constantFrom, nat, property, tuple } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { holdPhrases, matchesIn, queryWords } from './query-words.ts'
import { searchWords } from './search-tokens.ts'

/** As a store finds it, and then the phrases as the core looks for them. */
function finds(text: string, query: string): boolean {
  const sought = queryWords(query)
  if (sought === null) return false
  const words = searchWords(['text'], { text }).split(' ')
  const { prefix } = sought
  return (
    sought.words.every((word) => words.includes(word)) &&
    (prefix === null || words.some((word) => word.startsWith(prefix))) &&
    holdPhrases([text], sought)
  )
}

describe('letters', () => {
  const words = ['ハハ', 'パパ', 'かき', 'かぎ', 'काम', 'कम', 'की', 'มา', 'ม้า', 'ば', 'は']

  test.each(words)('[SEA2] of %s stay letters: it finds itself alone', (word) => {
    expect(words.filter((each) => finds(each, word))).toEqual([word])
  })

  test('[SEA2] composed, decomposed and of half width are one', () => {
    for (const [text, query] of [
      ['パパ', 'ハ\u309aハ\u309a'],
      ['パパ', 'ﾊﾟﾊﾟ'],
      ['ＡＢＣ', 'abc'],
      ['क़लम', 'क\u093cलम'],
    ] as const) {
      expect([text, finds(text, query), finds(query, text)]).toEqual([text, true, true])
    }
  })

  test.each([
    ['Łódź', 'lodz'],
    ['Ørsted', 'orsted'],
    ['Đà Nẵng', 'da nang'],
    ['straße', 'STRASSE'],
    ['STRAẞE', 'straße'],
    ['Æther œuvre', 'aether oeuvre'],
    ['Þórður', 'thordur'],
    ['ısparta', 'ISPARTA'],
    ['İstanbul', 'istanbul'],
    ['crème', 'creme'],
    ['ΟΔΟΣ', 'οδός'],
    ['co\u00adoperate', 'cooperate'],
  ])('[SEA2] of %s and %s are the same', (one, other) => {
    expect([finds(one, other), finds(other, one)]).toEqual([true, true])
  })
})

describe('Chinese and Japanese', () => {
  test.each([
    ['这是一段简单的测试文本', ['一段', '简单', '段简', '是一段', '文本', '测试']],
    ['東京都庁', ['東京', '京都', '都庁', '庁']],
    ['北京大学', ['大学', '北京大学']],
    ['日本語とEnglishの混在', ['と', '語と english', 'の混在', 'english']],
  ])('[SEA13] any part of %s is found', (text, queries) => {
    for (const query of queries) expect([query, finds(text, query)]).toEqual([query, true])
  })

  test('[SEA13] the order of characters counts, also where all pairs are there', () => {
    expect(finds('京都京', '都京都')).toBe(false)
    expect(finds('甲乙。乙丙', '甲乙丙')).toBe(false)
    expect(finds('京都京', '都京')).toBe(true)
  })

  test('[SEA13] any part of a text of whole characters finds it', () => {
    const character = constantFrom(...'日本語東京都はがガパかきー々一、。 𠮷')
    const texts = tuple(array(character, { minLength: 1, maxLength: 30 }), nat(29), nat(29))
    const holds = ([all, from, length]: [string[], number, number]): void => {
      const query = all.slice(from, from + length + 1).join('')
      if (queryWords(query) !== null) expect([all.join(''), query, finds(all.join(''), query)]).toContain(true)
    }
    assert(property(texts, holds), { numRuns: 2000, seed: 20_261_129 })
  })

  test('[SEA8] the marks are where the phrase stands', () => {
    const query = queryWords('京都 tea')
    const text = '東京都 and 京都, teapot'
    expect(query && matchesIn(text, query).map(({ from, to }) => text.slice(from, to))).toEqual([
      '京都',
      '京都',
      'teapot',
    ])
  })
})
