import { isChannelName } from 'dovetail-protocol'

// User names may contain `+` and channel names may not; channel names may contain `~` and user names may not.
const between = '~~'
const plus = '~.'

/** The direct channel of two users, the same for both; null if their names are too long for one. */
export function directChannel(one: string, other: string): string | null {
  const name = `dm:${[one, other].sort().join(between).replaceAll('+', plus)}`
  return isChannelName(name) ? name : null
}

/** The other user of a direct channel; null if the name does not contain both. */
export function findOtherUser(channel: string, me: string | null): string | null {
  const [one, other, more] = channel
    .slice('dm:'.length)
    .split(between)
    .map((user) => user.replaceAll(plus, '+'))
  if (one === undefined || other === undefined || more !== undefined) return null
  if (one === me) return other
  return other === me ? one : null
}
