/** The piece of a text that shows why it was found, with the matches marked. */
import { matchesIn, type QueryWords } from '../rules/query-words.ts'

export interface Snippet {
  readonly text: string
  /** Where matches stand in `text`, in UTF-16 units: [from, to). */
  readonly marks: readonly (readonly [from: number, to: number])[]
}

const snippetLength = 160
const leadLength = 40
/** In UTF-16 units. What is longer is no character of any script or emoji, and may be cut. */
const longestCharacter = 32
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** From the first field that holds a match. */
export function snippetOf(fields: readonly string[], query: QueryWords): Snippet {
  for (const text of fields) {
    const matches = matchesIn(text, query)
    const [first] = matches
    if (first !== undefined) return cut(text, first.from, matches)
  }
  return cut(fields[0] ?? '', 0, [])
}

function cut(text: string, at: number, matches: readonly { readonly from: number; readonly to: number }[]): Snippet {
  const start = text.length <= snippetLength ? 0 : wholeCharacter(text, Math.max(0, at - leadLength))
  const end = wholeCharacter(text, Math.min(text.length, start + snippetLength))
  const marks = matches
    .filter(({ from, to }) => from >= start && to <= end)
    .map(({ from, to }) => [from - start, to - start] as const)
  return {
    text: text.slice(start, end),
    marks: marks.filter((mark, index) => index === 0 || mark[0] !== marks[index - 1]?.[0]),
  }
}

/** Where the character at `at` begins: never between the halves of a surrogate pair, a letter and its accents, the parts of an emoji. */
function wholeCharacter(text: string, at: number): number {
  if (at >= text.length) return at
  const from = wholePoint(text, Math.max(0, at - longestCharacter))
  const index = characters.segment(text.slice(from, at + longestCharacter)).containing(at - from)?.index ?? 0
  return index > 0 || from === 0 ? from + index : wholePoint(text, at)
}

function wholePoint(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return at > 0 && code >= 0xdc00 && code <= 0xdfff ? at - 1 : at
}
