/**
 * Search tokens, made once here so that every store gives the same hits: words as the Unicode text segmentation of the
 * runtime finds them (UAX #29, with dictionaries for Thai and its neighbours), folded. Chinese and Japanese are not cut
 * into words: a dictionary cuts the same characters otherwise in another sentence. There the tokens are each character
 * and each two that stand side by side.
 */
import { foldLetters } from './fold-letters.ts'

const segmenter = new Intl.Segmenter('und', { granularity: 'word' })

/** The version of these rules: whoever changes which words a text has raises it, and the records that are there are indexed anew. */
export const wordRules = 2

/** The longest token that is kept; longer ones are cut, in queries too. */
const tokenLength = 64

/** A token and where it stands in the text, in UTF-16 units. */
export interface Token {
  readonly word: string
  readonly from: number
  readonly to: number
}

/** A word, or Chinese or Japanese characters without anything between them. */
export type TextPart =
  | { readonly kind: 'word'; readonly token: Token }
  | { readonly kind: 'run'; readonly characters: readonly Token[] }

/** What a text is made of for search, folded, in order. Never throws; any text is fine. */
export function textParts(text: string): TextPart[] {
  const parts: TextPart[] = []
  eachPart(text, {
    word: (word, from, to) => parts.push({ kind: 'word', token: { word, from, to } }),
    run: (characters) => parts.push({ kind: 'run', characters }),
  })
  return parts
}

/** The tokens of a run: each character and each pair, which is what finds any part of it. */
export function runTokens(characters: readonly Token[]): string[] {
  return [...characters.map(({ word }) => word), ...pairsOf(characters)]
}

export function pairsOf(characters: readonly Token[]): string[] {
  return characters.slice(1).map(({ word }, index) => `${characters[index]?.word}${word}`)
}

interface Visitor {
  readonly word: (word: string, from: number, to: number) => void
  readonly run: (characters: readonly Token[]) => void
}

const soundMarks = '\u3099\u309a\uff9e\uff9f\ufe00-\ufe0f\u{e0100}-\u{e01ef}'
const ideograph = `[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Bopomofo}\\u30fc\\uff70][${soundMarks}]*`
const runs = new RegExp(`(?:${ideograph})+`, 'gu')
const characters = new RegExp(ideograph, 'gu')
/** One character may fold to several, as ㌔ does. */
const foldedCharacters = /[\p{L}\p{N}][\u3099\u309a]*/gu

function eachPart(text: string, visitor: Visitor): void {
  if (isAscii.test(text)) {
    eachAsciiWord(text, 0, visitor)
    return
  }
  let at = 0
  for (const { 0: run, index } of text.matchAll(runs)) {
    eachWord(text.slice(at, index), at, visitor)
    const found = charactersOf(run, index)
    if (found.length > 0) visitor.run(found)
    at = index + run.length
  }
  eachWord(text.slice(at), at, visitor)
}

function charactersOf(run: string, start: number): Token[] {
  const found: Token[] = []
  for (const { 0: character, index } of run.matchAll(characters)) {
    const from = start + index
    const to = from + character.length
    for (const word of foldLetters(character).match(foldedCharacters) ?? []) found.push({ word, from, to })
  }
  return found
}

/** The words of a text without Chinese and Japanese that stands at `start`. */
function eachWord(text: string, start: number, visitor: Visitor): void {
  if (isAscii.test(text)) {
    eachAsciiWord(text, start, visitor)
    return
  }
  for (const { segment, index, isWordLike } of segmentsOf(text)) {
    if (!isWordLike) continue
    const from = start + index
    for (const word of wordsOf(segment)) visitor.word(word, from, from + segment.length)
  }
}

const pieceLength = 256

interface Segment {
  readonly segment: string
  readonly index: number
  readonly isWordLike: boolean
}

/**
 * The segmenter's dictionaries cost more than the length of a text, so that a long one is cheaper in pieces. A piece's
 * last segment may be cut, so the next one begins with it.
 */
function* segmentsOf(text: string): Iterable<Segment> {
  let start = 0
  let length = pieceLength
  while (start < text.length) {
    const segments = [...segmenter.segment(text.slice(start, start + length))]
    const isLastPiece = start + length >= text.length
    if (segments.length === 1 && !isLastPiece) {
      // One word longer than a piece.
      length *= 2
      continue
    }
    const last = segments.at(-1)
    for (const segment of isLastPiece ? segments : segments.slice(0, -1))
      yield { segment: segment.segment, index: start + segment.index, isWordLike: segment.isWordLike === true }
    start += isLastPiece ? length : (last?.index ?? length)
    length = pieceLength
  }
}

const isAscii = /^[\x20-\x7e\n\r\t]*$/

/** By character code, what it is to a word: 0: no part of one; 1: a part that makes none alone; 2: one. */
const asciiKinds = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  return character === '_' ? 1 : /[A-Za-z0-9]/.test(character) ? 2 : 0
})

/** What the segmenter finds in plain ASCII, at a fortieth of its cost (30 words: 0.8 µs to 32): every write of a message pays this. */
function eachAsciiWord(text: string, start: number, visitor: Visitor): void {
  const lower = text.toLowerCase()
  let at = 0
  while (at < lower.length) {
    const from = at
    let most = 0
    for (let kind = 0; at < lower.length; at++) {
      kind = asciiKinds[lower.charCodeAt(at)] ?? 0
      if (kind === 0) break
      if (kind > most) most = kind
    }
    if (most === 2) visitor.word(cut(lower.slice(from, at)), start + from, start + at)
    at++
  }
}

/** The segmenter keeps "don't" and "3.14" whole; they are cut here, as the ASCII path cuts them. */
function wordsOf(segment: string): string[] {
  return (foldLetters(segment).match(/(?<!_)_*[\p{L}\p{N}][\p{L}\p{N}\p{M}_]*/gu) ?? []).map(cut)
}

/** Never in the middle of a character: half of one is no text that a store could keep. */
function cut(token: string): string {
  if (token.length <= tokenLength) return token
  const end = token.slice(0, tokenLength)
  return end.isWellFormed() ? end : end.slice(0, -1)
}

/** The tokens of a record's search fields, space-separated. `data`: as parsed. */
export function searchWords(fields: readonly string[], data: unknown): string {
  if (typeof data !== 'object' || data === null) return ''
  let words = ''
  // A long text has each of its characters many times.
  const known = new Set<string>()
  const visitor: Visitor = {
    word: (word) => {
      words += words === '' ? word : ` ${word}`
    },
    run: (found) => {
      for (const token of runTokens(found)) {
        if (known.has(token)) continue
        known.add(token)
        words += words === '' ? token : ` ${token}`
      }
    },
  }
  for (const field of fields) {
    const text = (data as Readonly<Record<string, unknown>>)[field]
    if (typeof text === 'string') eachPart(text, visitor)
  }
  return words
}
