import { UsageFailure } from '../failures/usage-failure.ts'

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * `30d`, `1h`, `90s`, `1.5h` → milliseconds.
 * @throws UsageFailure
 */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text)
  const unit = match?.[2]
  const ms = unit !== undefined && isUnit(unit) ? Number(match?.[1]) * unitMs[unit] : 0
  if (ms > 0 && ms <= Number.MAX_SAFE_INTEGER) return Math.round(ms)
  throw new UsageFailure(`"${text}" is no duration such as 90s, 15m, 1h or 30d`)
}

function isUnit(text: string): text is keyof typeof unitMs {
  return Object.hasOwn(unitMs, text)
}
