import type { Member } from './use-members.ts'

/** Whether somebody may write. Times are ms since 1970, by the server's clock. */
export type Silence = { state: 'none' } | { state: 'muted'; until: number } | { state: 'banned' }

export function silenceOf(member: Pick<Member, 'role' | 'mutedUntil'> | undefined, now: number): Silence {
  if (member?.role === 'banned') return { state: 'banned' }
  if (member?.mutedUntil != null && member.mutedUntil > now) return { state: 'muted', until: member.mutedUntil }
  return { state: 'none' }
}

/** Those of these users who may write: a signal of one who may not (sent before the mute, or past this page) is no news. */
export function unsilenced(users: readonly string[], members: readonly Member[], now: number): readonly string[] {
  return users.filter((user) => {
    const member = members.find((each) => each.user === user)
    return silenceOf(member, now).state === 'none'
  })
}

/** “14:05”, with the day where that is not today. */
export function untilWords(until: number, now: number, locale?: string): string {
  const sameDay = new Date(until).toDateString() === new Date(now).toDateString()
  return new Intl.DateTimeFormat(locale, {
    ...(sameDay ? {} : { weekday: 'short', day: 'numeric', month: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
  }).format(until)
}
