const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** The time of day of an ISO 8601 date. */
export function formatClock(date: string): string {
  return clock.format(new Date(date))
}

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const

/** 40 s, 12 min, 3 h, 8 d: the largest unit that fits. */
export function formatAge(seconds: number): string {
  const [unit, length] = units.find(([, length]) => seconds >= length) ?? ['s', 1]
  return `${Math.floor(Math.max(0, seconds) / length)} ${unit}`
}

export function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000
}
