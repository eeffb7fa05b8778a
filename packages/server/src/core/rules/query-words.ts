/** What is sought: the tokens that a store looks up, and the phrases that are then looked for in the text itself. */
import { pairsOf, type TextPart, type Token, textParts } from './search-tokens.ts'

export interface QueryWords {
  readonly words: readonly string[]
  /** `null`: the query ends in Chinese or Japanese, whose tokens need no beginning. */
  readonly prefix: string | null
  /**
   * The query's runs of Chinese or Japanese characters. Each has to stand in the text as it is: a store knows which
   * pairs of characters a text holds, but not in which order.
   */
  readonly phrases: readonly (readonly string[])[]
}

/** The most tokens of a query that count. */
const queryLength = 20

/** The most characters of a phrase that count: each place of a long text is compared with all of them. */
const phraseLength = 64

/** A query's words, the last one as a prefix; `null`: the text holds none. */
export function queryWords(text: string): QueryWords | null {
  const phrases: string[][] = []
  const sought = new Map<string, TextPart['kind']>()
  for (const part of textParts(text.slice(0, 2000))) {
    if (part.kind === 'run') phrases.push(part.characters.slice(0, phraseLength).map(({ word }) => word))
    for (const token of soughtTokens(part)) sought.set(token, part.kind)
  }
  const words = [...sought.keys()].slice(0, queryLength)
  const last = words.at(-1)
  if (last === undefined) return null
  if (sought.get(last) === 'run') return { words, prefix: null, phrases }
  return { words: words.slice(0, -1), prefix: last, phrases }
}

function soughtTokens(part: TextPart): readonly string[] {
  if (part.kind === 'word') return [part.token.word]
  const pairs = pairsOf(part.characters)
  return pairs.length > 0 ? pairs : part.characters.map(({ word }) => word)
}

/** Whether every phrase stands in one of the texts. */
export function holdPhrases(texts: readonly string[], { phrases }: QueryWords): boolean {
  if (phrases.length === 0) return true
  const parts = texts.flatMap(textParts)
  return phrases.every((phrase) =>
    parts.some((part) => part.kind === 'run' && placesOf(part.characters, phrase).length > 0),
  )
}

/** Where a text matches, in order: [from, to) in UTF-16 units. */
export function matchesIn(text: string, query: QueryWords): Pick<Token, 'from' | 'to'>[] {
  const isMatch = ({ word }: Token) =>
    query.words.includes(word) || (query.prefix !== null && word.startsWith(query.prefix))
  const found = textParts(text).flatMap((part) =>
    part.kind === 'word'
      ? [part.token].filter(isMatch)
      : query.phrases.flatMap((phrase) => placesOf(part.characters, phrase)),
  )
  return found.sort((a, b) => a.from - b.from)
}

function placesOf(characters: readonly Token[], phrase: readonly string[]): Pick<Token, 'from' | 'to'>[] {
  const places: Pick<Token, 'from' | 'to'>[] = []
  for (let at = 0; at + phrase.length <= characters.length; at++) {
    if (!phrase.every((word, index) => characters[at + index]?.word === word)) continue
    const [first, last] = [characters[at], characters[at + phrase.length - 1]]
    if (first !== undefined && last !== undefined) places.push({ from: first.from, to: last.to })
    at += phrase.length - 1
  }
  return places
}
