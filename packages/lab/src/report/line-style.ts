/** Lines differ in colour and in dashes, so that neither eyes nor printers need colour. */
const dashes: readonly (readonly number[])[] = [
  [],
  [8, 4],
  [2, 3],
  [10, 3, 2, 3],
  [5, 3],
  [14, 3],
  [12, 4, 4, 4],
  [6, 2, 2, 2],
  [3, 6],
]

export interface LineStyle {
  /** The name of a custom property of the page's style. */
  readonly colour: string
  /** As for a canvas: pixels drawn and left out, in turn. */
  readonly dash: readonly number[]
}

/** The look of the line with this number, the same in every plot. */
export function lineStyle(index: number): LineStyle {
  return { colour: `--c${index % dashes.length}`, dash: dashes[index % dashes.length] ?? [] }
}

/** A piece of that line, as a key to it. */
export function lineKey(index: number): string {
  const { colour, dash } = lineStyle(index)
  return `<svg class="key" viewBox="0 0 34 8" aria-hidden="true"><line x1="0" x2="34" y1="4" y2="4" style="stroke:var(${colour})" stroke-dasharray="${dash.join(' ')}"/></svg>`
}
