/** From here on: code points for private use, which no word of `core/` has in it. */
const firstPoint = 0xf0000
const points = 0xfffe

/** The token that stands for a shelf: one character, where there are not very many, so that the prefixes of it are few. */
export function shelfToken(shelf: number): string {
  let token = ''
  for (let rest = shelf; rest > 0; rest = Math.floor(rest / points)) {
    token += String.fromCodePoint(firstPoint + (rest % points))
  }
  return token
}

/** What the index holds of a record. */
export function indexTokens(shelf: number, words: string): string {
  return `${shelfToken(shelf)} ${words}`
}

/** Words as a MATCH expression: each quoted, so that none is taken for syntax. */
export function matchOf(query: { readonly words: readonly string[]; readonly prefix: string | null }): string {
  const terms = query.words.map(quoted)
  if (query.prefix !== null) terms.push(`${quoted(query.prefix)} *`)
  return terms.join(' AND ')
}

/** Within these shelves only. */
export function matchWithin(shelves: readonly number[], match: string): string {
  return `(${shelves.map((shelf) => quoted(shelfToken(shelf))).join(' OR ')}) AND ${match}`
}

function quoted(word: string): string {
  return `"${word.replaceAll('"', '""')}"`
}
