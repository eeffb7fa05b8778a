/** What a proxy can do to a transport that spoils it. */
export const faults = [
  'upgrade-refused',
  'stream-buffered',
  'stream-compressed',
  'stream-ended',
  'idle-cut',
  'long-poll-cut',
  'cached',
] as const
export type Fault = (typeof faults)[number]

export interface Finding {
  readonly fault: Fault
  /** What was seen, in one sentence with its figures. */
  readonly seen: string
}

/** Seconds for a sentence: `3.2 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
