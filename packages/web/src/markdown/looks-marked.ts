/** Signs that Markdown gives a meaning to, anywhere, or at the start of a line. */
const anywhere = /[*_`~[\]|]|https?:\/\/|www\.|\S@\S/
const atLineStart = /^\s*(?:#{1,6}\s|>|[-+]\s|\d+[.)]\s|-{3,}|={3,}| {4}|\t)/m

/** False where Markdown would show the text as it is, as it does most of what people say; then nothing is parsed. */
export function looksMarked(text: string): boolean {
  return anywhere.test(text) || atLineStart.test(text)
}
