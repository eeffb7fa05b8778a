import type { Quote } from './quote-board.ts'

export type SortKey = 'symbol' | 'price' | 'change' | 'age'
export interface Sort {
  by: SortKey
  descending: boolean
}

const compare: Record<SortKey, (a: Quote, b: Quote) => number> = {
  symbol: (a, b) => (a.symbol < b.symbol ? -1 : 1),
  price: (a, b) => a.price - b.price,
  change: (a, b) => a.changePercent - b.changePercent,
  age: (a, b) => b.updatedAt - a.updatedAt,
}

/** Sorts by a column; the symbol decides between equals, so that equal rows keep their order. */
export function sortQuotes(quotes: readonly Quote[], { by, descending }: Sort): Quote[] {
  const sign = descending ? -1 : 1
  return [...quotes].sort((a, b) => sign * compare[by](a, b) || compare.symbol(a, b))
}
