/**
 * The search words of records that are appended to. To cut a text of 16 KB into words takes some 20 ms where it is no
 * plain ASCII, and a text that grows would be cut again with each piece. So the words up to the beginning of a word are
 * kept, and only what follows it is cut.
 */
import { searchWords } from '../rules/search-tokens.ts'

/** What is known of one record. */
interface Known {
  /** Its data as JSON text: where another state is appended to, nothing is known. */
  readonly text: string
  readonly fields: ReadonlyMap<string, Cut>
}

/** The words of a field's text up to `at`. */
interface Cut {
  readonly at: number
  readonly words: string
}

export interface GrownState {
  /** Channel, collection and id. */
  readonly record: string
  /** The data as JSON text, before and after. */
  readonly before: string
  readonly after: string
  /** The data after, parsed. */
  readonly data: unknown
}

const maxRecords = 64

export class GrowingWords {
  readonly #known = new Map<string, Known>()

  /** The words that `searchWords` finds in the data, in their order. */
  wordsOf(searched: readonly string[], { record, before, after, data }: GrownState): string {
    const known = this.#known.get(record)
    const fields = new Map<string, Cut>()
    const words: string[] = []
    for (const field of searched) {
      const text = (data as Readonly<Record<string, unknown>> | null)?.[field]
      if (typeof text !== 'string') continue
      const cut = advance(text, known?.text === before ? known.fields.get(field) : undefined)
      fields.set(field, cut)
      words.push(cut.words, wordsIn(text.slice(cut.at)))
    }
    this.#keep(record, { text: after, fields })
    return words.filter((each) => each !== '').join(' ')
  }

  #keep(record: string, known: Known): void {
    this.#known.delete(record)
    this.#known.set(record, known)
    const [oldest] = this.#known.keys()
    if (this.#known.size > maxRecords && oldest !== undefined) this.#known.delete(oldest)
  }
}

/** Cuts on to where the last word surely begins. */
function advance(text: string, { at, words }: Cut = { at: 0, words: '' }): Cut {
  const next = lastBeginning(text)
  if (next <= at) return { at, words }
  const more = wordsIn(text.slice(at, next))
  return { at: next, words: words === '' || more === '' ? `${words}${more}` : `${words} ${more}` }
}

function wordsIn(text: string): string {
  return searchWords(['text'], { text })
}

/** Where the last word begins that is a Latin letter or a digit behind white space: what stands before it does not change it. */
function lastBeginning(text: string): number {
  for (let at = text.length - 1; at > 0; at--) {
    if (isSpace(text.charCodeAt(at - 1)) && isLatin(text.charCodeAt(at))) return at
  }
  return 0
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a
}

function isLatin(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
}
