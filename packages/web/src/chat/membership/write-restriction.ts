import type { Member } from './use-members.ts'

/** Whether somebody may write. Times are ms since 1970, by the server's clock. */
export type WriteRestriction = { state: 'none' } | { state: 'muted'; until: number } | { state: 'banned' }

export function writeRestrictionOf(
  member: Pick<Member, 'role' | 'mutedUntil'> | undefined,
  now: number,
): WriteRestriction {
  if (member?.role === 'banned') return { state: 'banned' }
  if (member?.mutedUntil != null && member.mutedUntil > now) return { state: 'muted', until: member.mutedUntil }
  return { state: 'none' }
}

/** The users who may write. Typing signals of the others (sent before the mute, or by another program) are ignored. */
export function filterUnrestricted(
  users: readonly string[],
  members: readonly Member[],
  now: number,
): readonly string[] {
  return users.filter((user) => {
    const member = members.find((each) => each.user === user)
    return writeRestrictionOf(member, now).state === 'none'
  })
}

/** “14:05”, with the day if that is not today. */
export function formatUntil(until: number, now: number, locale?: string): string {
  const sameDay = new Date(until).toDateString() === new Date(now).toDateString()
  return new Intl.DateTimeFormat(locale, {
    ...(sameDay ? {} : { weekday: 'short', day: 'numeric', month: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
  }).format(until)
}
