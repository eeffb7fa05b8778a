/** Characters that Markdown gives a meaning to: anywhere, or only at the start of a line. */
const anywhere = /[*_`~[\]|]|https?:\/\/|www\.|\S@\S/
const atLineStart = /^\s*(?:#{1,6}\s|>|[-+]\s|\d+[.)]\s|-{3,}|={3,}| {4}|\t)/m

/** False for plain text, which Markdown would show unchanged. Most messages are plain, and need no parser. */
export function hasMarkdown(text: string): boolean {
  return anywhere.test(text) || atLineStart.test(text)
}
