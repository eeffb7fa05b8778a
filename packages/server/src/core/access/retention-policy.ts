/** How long the records of a collection are kept, as a configuration says it. */

export type RetentionPolicy =
  /** Since they were created. */
  { readonly ms: number } | { readonly records: number }

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const pattern = /^(?:([1-9]\d{0,8})(s|m|h|d)|([1-9]\d{0,11}) records?|forever)$/

export function isRetention(value: unknown): boolean {
  return typeof value === 'string' && pattern.test(value)
}

/** A time or `forever`. */
export function isTime(value: unknown): boolean {
  return isRetention(value) && !String(value).includes('record')
}

/** Milliseconds; `null`: for ever. */
export function parseTime(text: string): number | null {
  const retention = parseRetention(text)
  return retention !== null && 'ms' in retention ? retention.ms : null
}

/** `null`: for ever. */
export function parseRetention(text: string | undefined): RetentionPolicy | null {
  const [, time, unit, records] = pattern.exec(text ?? 'forever') ?? []
  if (records !== undefined) return { records: Number(records) }
  return time === undefined ? null : { ms: Number(time) * unitMs[unit as keyof typeof unitMs] }
}
