/** A logarithmic axis in percent of a width, so that HTML can place what stands on it. */

export interface Axis {
  /** 0 to 100; beyond the ends, the nearer end. */
  percent(value: number): number
  readonly ticks: readonly number[]
}

/** `from` and `to` above 0. A tick at each power of ten. */
export function logAxis(from: number, to: number): Axis {
  const span = Math.log10(to / from)
  const first = Math.ceil(Math.log10(from) - 1e-9)
  const last = Math.floor(Math.log10(to) + 1e-9)
  return {
    percent: (value) => Math.min(100, Math.max(0, (Math.log10(Math.max(value, from) / from) / span) * 100)),
    ticks: Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => 10 ** (first + index)),
  }
}

/** The words of the ticks below what they belong to; those at the ends stay within. */
export function tickRow({ ticks, percent }: Axis, words: (tick: number) => string): string {
  const drawn = ticks.map((tick) => {
    const at = percent(tick)
    const side = at < 4 ? ' class="first"' : at > 96 ? ' class="last"' : ''
    return `<span${side} style="left:${at.toFixed(2)}%">${words(tick)}</span>`
  })
  return `<div class="ticks" aria-hidden="true">${drawn.join('')}</div>`
}
