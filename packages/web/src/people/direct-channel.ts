import { isChannelName } from '@dovetail/protocol'

// A user's name may hold `+`, which a channel's may not, and a channel's may hold `~`, which a user's may not.
const between = '~~'
const plus = '~.'

/** The one channel of two people, whoever of them opens it; null where their names are too long for one. */
export function directChannel(one: string, other: string): string | null {
  const name = `dm:${[one, other].sort().join(between).replaceAll('+', plus)}`
  return isChannelName(name) ? name : null
}

/** Who the other one is; null where the name does not tell. */
export function otherIn(channel: string, me: string | null): string | null {
  const [one, other, more] = channel
    .slice('dm:'.length)
    .split(between)
    .map((user) => user.replaceAll(plus, '+'))
  if (one === undefined || other === undefined || more !== undefined) return null
  if (one === me) return other
  return other === me ? one : null
}
