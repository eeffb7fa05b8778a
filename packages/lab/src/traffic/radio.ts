/**
 * What a phone's radio does for packets at such times. The model is that of LTE as measured by Huang and others (“A Close
 * Examination of Performance and Power Characteristics of 4G LTE Networks”, MobiSys 2012): a packet wakes an idle radio,
 * which stays on until no packet came for 11.576 s.
 */

export const radioModel = {
  name: 'LTE, Huang et al., MobiSys 2012',
  tailMs: 11_576,
} as const

export interface RadioUse {
  readonly wakeUps: number
  readonly onMs: number
}

/**
 * Of the time from `fromMs` to `toMs`, as if it repeated itself without end: before its first packet comes what is at
 * its end. So opening a connection counts for nothing, and a time shorter than the radio's tail is measured too.
 * @param packetsAt in rising milliseconds
 */
export function radioUse(packetsAt: readonly number[], fromMs: number, toMs: number): RadioUse {
  const within = packetsAt.filter((at) => at >= fromMs && at < toMs)
  const [first] = within
  const last = within.at(-1)
  if (first === undefined || last === undefined) return { wakeUps: 0, onMs: 0 }
  const around = toMs - last + (first - fromMs)
  const gaps = [around, ...within.slice(1).map((at, index) => at - (within[index] ?? at))]
  return {
    wakeUps: gaps.filter((gap) => gap > radioModel.tailMs).length,
    onMs: gaps.reduce((sum, gap) => sum + Math.min(gap, radioModel.tailMs), 0),
  }
}
