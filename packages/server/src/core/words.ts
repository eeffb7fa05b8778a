/**
 * Search tokens, made once here so that every store gives the same hits: words as the Unicode
 * text segmentation of the runtime finds them (UAX #29, dictionaries for Chinese, Japanese and
 * Thai), with case and accents folded away.
 */
const segmenter = new Intl.Segmenter('und', { granularity: 'word' })

/** The longest token that is kept; longer ones are cut, in queries too. */
const tokenLength = 64

/** A token and where it stands in the text, in UTF-16 units. */
export interface Token {
  readonly word: string
  readonly from: number
  readonly to: number
}

/** The words of a text, folded, in order. Never throws; any text is fine. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  eachWord(text, (word, from, to) => tokens.push({ word, from, to }))
  return tokens
}

type Found = (word: string, from: number, to: number) => void

function eachWord(text: string, found: Found): void {
  if (isAscii.test(text)) {
    eachAsciiWord(text, found)
    return
  }
  for (const { segment, index, isWordLike } of segmentsOf(text)) {
    if (!isWordLike) continue
    for (const word of fold(segment)) found(word, index, index + segment.length)
  }
}

const pieceLength = 256

interface Segment {
  readonly segment: string
  readonly index: number
  readonly isWordLike: boolean
}

/**
 * The segmenter's dictionaries cost more than the length of a text: 60,000 Chinese characters take a
 * second at once and a fifth of it in pieces. A piece's last segment may be cut, so the next one
 * begins with it.
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
function eachAsciiWord(text: string, found: Found): void {
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
    if (most === 2) found(cut(lower.slice(from, at)), from, at)
    at++
  }
}

/** The segmenter keeps "don't" and "3.14" whole; they are cut here, as the ASCII path cuts them. */
function fold(word: string): string[] {
  const plain = word.normalize('NFKD').replace(/\p{M}+/gu, '')
  // A sigma is written otherwise at a word's end, where a prefix ends and its word goes on.
  const folded = plain.toLowerCase().replaceAll('ς', 'σ')
  return (folded.match(/(?<!_)_*[\p{L}\p{N}][\p{L}\p{N}_]*/gu) ?? []).map(cut)
}

/** Never in the middle of a character: half of one is no text that a store could keep. */
function cut(token: string): string {
  if (token.length <= tokenLength) return token
  const end = token.slice(0, tokenLength)
  return end.isWellFormed() ? end : end.slice(0, -1)
}

/** The words of a record's search fields, space-separated. `data`: as parsed. */
export function searchWords(fields: readonly string[], data: unknown): string {
  if (typeof data !== 'object' || data === null) return ''
  let words = ''
  const add = (word: string): void => {
    words += words === '' ? word : ` ${word}`
  }
  for (const field of fields) {
    const text = (data as Readonly<Record<string, unknown>>)[field]
    if (typeof text === 'string') eachWord(text, add)
  }
  return words
}

export interface QueryWords {
  readonly words: readonly string[]
  readonly prefix: string | null
}

/** The most words of a query that count. */
const queryLength = 20

/** A query's words, the last one as a prefix; `null`: the text holds none. */
export function queryWords(text: string): QueryWords | null {
  const words = [...new Set(tokensOf(text.slice(0, 2000)).map(({ word }) => word))].slice(0, queryLength)
  const prefix = words.pop()
  return prefix === undefined ? null : { words, prefix }
}
