export interface TextPart {
  /** Where the part begins in the text. */
  readonly from: number
  readonly part: string
  readonly marked: boolean
}

/** Splits a text where it has one of the terms, which are in lower case, at the beginning of a word. */
export function markTerms(text: string, terms: readonly string[]): TextPart[] {
  const parts: TextPart[] = []
  let plainFrom = 0
  for (const { index, 0: word } of text.matchAll(/[\p{L}\p{N}_]+/gu)) {
    const lower = word.toLowerCase()
    const term = terms.filter((each) => lower.startsWith(each)).sort((a, b) => b.length - a.length)[0]
    if (term === undefined || term === '') continue
    if (index > plainFrom) parts.push({ from: plainFrom, part: text.slice(plainFrom, index), marked: false })
    parts.push({ from: index, part: text.slice(index, index + term.length), marked: true })
    plainFrom = index + term.length
  }
  if (plainFrom < text.length) parts.push({ from: plainFrom, part: text.slice(plainFrom), marked: false })
  return parts
}
