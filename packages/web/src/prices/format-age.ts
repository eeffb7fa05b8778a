const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })

/** From here on milliseconds tell less than the unit that fits. */
const msUpTo = 10_000
const units: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
]

/** 340 ms, 12 s, 5 min, 3 h. */
export function formatAge(ms: number): string {
  const age = Math.max(0, ms)
  const [unitMs, name] = (age < msUpTo ? undefined : units.find(([unit]) => age >= unit)) ?? [1, 'ms']
  return `${whole.format(Math.floor(age / unitMs))} ${name}`
}
