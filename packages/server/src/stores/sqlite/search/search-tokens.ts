/** The first code point for private use that the tokens begin at; no word of `core/` contains one. */
const firstPoint = 0xf0000
const points = 0xfffe

/** The token of a partition: one character where there are not very many partitions, so that it has few prefixes. */
export function partitionToken(partition: number): string {
  let token = ''
  for (let rest = partition; rest > 0; rest = Math.floor(rest / points)) {
    token += String.fromCodePoint(firstPoint + (rest % points))
  }
  return token
}

/** What the index holds of a record. */
export function indexTokens(partition: number, words: string): string {
  return `${partitionToken(partition)} ${words}`
}

/** Words as a MATCH expression: each quoted, so that none is read as syntax. */
export function matchOf(query: { readonly words: readonly string[]; readonly prefix: string | null }): string {
  const terms = query.words.map(quoted)
  if (query.prefix !== null) terms.push(`${quoted(query.prefix)} *`)
  return terms.join(' AND ')
}

/** The longest prefix, in characters, that the index has under an entry of its own (see the migration). */
const indexedLength = 5

/** The part of a prefix that is looked up like a word. */
export function indexedPrefix(prefix: string | null): string | null {
  return prefix === null ? null : [...prefix].slice(0, indexedLength).join('')
}

/** Limits a MATCH expression to these partitions. */
export function matchWithin(partitions: readonly number[], match: string): string {
  return `(${partitions.map((partition) => quoted(partitionToken(partition))).join(' OR ')}) AND ${match}`
}

function quoted(word: string): string {
  return `"${word.replaceAll('"', '""')}"`
}
