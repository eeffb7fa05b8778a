/** Texts for searches to look through, of words that are as common as in a language. */
import type { SeededRandom } from '../../random/seeded-random.ts'

/** How many words there are. */
export const vocabulary = 50_000
const wordsPerMessage = 10

/** Every third message has one of three long words that begin alike. */
export function messageWords(random: SeededRandom): string {
  const long = ['messages', 'messenger', 'messaging'][random.between(0, 9)]
  return [...words(random, wordsPerMessage), ...(long === undefined ? [] : [long])].join(' ')
}

/** Few words are common and many are rare, as in any language (Zipf's law, exponent about 1). */
export function words(random: SeededRandom, count: number): string[] {
  return Array.from({ length: count }, () => wordOf(Math.floor(vocabulary ** random.next())))
}

/** The word of this rank; the smaller the rank, the more common. */
export function wordOf(rank: number): string {
  return `w${rank.toString(36)}`
}
