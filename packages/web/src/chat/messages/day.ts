const dayMs = 86_400_000

/** Whole days since 1970 in the reader's time zone. */
export function dayOf(at: number): number {
  const zoneMs = new Date(at).getTimezoneOffset() * 60_000
  return Math.floor((at - zoneMs) / dayMs)
}

const withoutYear = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })
const withYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' })
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' })

/** “Today”, “Yesterday”, “Monday, 3 March”, or a date with its year if that is another. */
export function dayName(at: number, now: number): string {
  const ago = dayOf(now) - dayOf(at)
  if (ago === 0) return 'Today'
  if (ago === 1) return 'Yesterday'
  return (new Date(at).getFullYear() === new Date(now).getFullYear() ? withoutYear : withYear).format(at)
}

/** `2026-03-04`: the day in the reader's time zone, as HTML's `datetime` and `max` have it. */
export function isoDayOf(at: number): string {
  const day = new Date(at)
  return `${day.getFullYear()}-${twoDigits(day.getMonth() + 1)}-${twoDigits(day.getDate())}`
}

function twoDigits(part: number): string {
  return String(part).padStart(2, '0')
}

export function timeOf(at: number): string {
  return clock.format(at)
}

export function exactTimeOf(at: number): string {
  return exact.format(at)
}
