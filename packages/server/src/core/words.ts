/**
 * Search tokens, made once here so that every store gives the same hits: words as the Unicode
 * text segmentation of the runtime finds them (UAX #29, dictionaries for Chinese, Japanese and
 * Thai), with case and accents folded away.
 */
const segmenter = new Intl.Segmenter('und', { granularity: 'word' })

/** The longest token that is kept; longer ones are cut, in queries too. */
const tokenLength = 64

/** The words of a text, folded, in order. Never throws; any text is fine. */
export function tokens(text: string): string[] {
  if (/^[\x20-\x7e\n\t]*$/.test(text)) return asciiTokens(text)
  const found: string[] = []
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    if (isWordLike === true) found.push(...fold(segment))
  }
  return found
}

/** What the segmenter finds in plain ASCII, at a tenth of its cost. */
function asciiTokens(text: string): string[] {
  return (text.toLowerCase().match(/[a-z0-9_]+/g) ?? []).map((token) => token.slice(0, tokenLength))
}

/** The segmenter keeps "don't" and "3.14" whole; they are cut here, as the ASCII path cuts them. */
function fold(word: string): string[] {
  const folded = word.normalize('NFKD').replace(/\p{M}+/gu, '').toLowerCase()
  return (folded.match(/[\p{L}\p{N}_]+/gu) ?? []).map((token) => token.slice(0, tokenLength))
}

/** The words of a record's search fields, space-separated. `text` is the data's JSON. */
export function searchWords(fields: readonly string[], text: string): string {
  const data = JSON.parse(text) as Record<string, unknown>
  return fields
    .flatMap((field) => (typeof data[field] === 'string' ? tokens(data[field] as string) : []))
    .join(' ')
}
