/**
 * Texts as payloads of NOTIFY, each of which must be below 8,000 bytes. A longer text goes in several payloads of one
 * transaction, which PostgreSQL delivers one after the other with nothing in between.
 *
 * PostgreSQL delivers equal payloads of a transaction once, so each one begins with a number of its own.
 */

/** PostgreSQL refuses payloads of 8,000 bytes; the number and its mark have room beside this. */
const maxBytes = 7900
/** UTF-8 has at most three bytes for each UTF-16 unit. */
const partLength = Math.floor(maxBytes / 3)

export function payloadsOf(text: string, nextNumber: () => number): string[] {
  if (text.length <= partLength || Buffer.byteLength(text) <= maxBytes) return [`${nextNumber()} ${text}`]
  const parts = partsOf(text)
  return parts.map((part, index) => `${nextNumber()}${index < parts.length - 1 ? '+' : ' '}${part}`)
}

function partsOf(text: string): string[] {
  const parts: string[] = []
  for (let at = 0; at < text.length; ) {
    const end = Math.min(at + partLength, text.length)
    // Both halves of a surrogate pair stay together: alone they have no UTF-8.
    const until = end < text.length && isLowSurrogate(text.charCodeAt(end)) ? end - 1 : end
    parts.push(text.slice(at, until))
    at = until
  }
  return parts
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}

/** Puts texts together again from the payloads of one connection. */
export class PayloadReader {
  #begun = ''

  /** The text that this payload completes; `null`: more of it follows, or it is no payload of ours. */
  read(payload: string): string | null {
    const [, mark, part] = /^\d+([ +])(.*)$/s.exec(payload) ?? []
    if (part === undefined) return null
    this.#begun += part
    if (mark === '+') return null
    const text = this.#begun
    this.#begun = ''
    return text
  }

  /** The connection was replaced: what follows belongs to no earlier payload. */
  clear(): void {
    this.#begun = ''
  }
}
