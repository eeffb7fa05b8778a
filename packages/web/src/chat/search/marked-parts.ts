import type { SearchHit } from 'dovetail-client'

export interface MarkedPart {
  from: number
  text: string
  marked: boolean
}

/** Splits a snippet's text at its marks. Marks that overlap or exceed the text are clipped. */
export function markedParts({ text, marks }: SearchHit['snippet']): MarkedPart[] {
  const parts: MarkedPart[] = []
  let at = 0
  const cut = (to: number, marked: boolean) => {
    if (to > at) parts.push({ from: at, text: text.slice(at, to), marked })
    at = Math.max(at, to)
  }
  for (const [from, to] of [...marks].sort((a, b) => a[0] - b[0])) {
    cut(Math.min(from, text.length), false)
    cut(Math.min(to, text.length), true)
  }
  cut(text.length, false)
  return parts
}
