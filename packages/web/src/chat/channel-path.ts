import { isChannelName } from '@dovetail/protocol'

/** Where a channel is shown, at a message if one is given. What else the address says (`?transport=`) stays. */
export function channelPath(channel: string, at?: number): string {
  const query = new URLSearchParams(window.location.search)
  query.delete('at')
  if (at !== undefined) query.set('at', String(at))
  const text = query.toString()
  return `/chat/${encodeURIComponent(channel)}${text === '' ? '' : `?${text}`}`
}

/** The channel that a part of an address names; null where it is no name of one. */
export function channelIn(part: string): string | null {
  try {
    const name = decodeURIComponent(part)
    return isChannelName(name) ? name : null
  } catch {
    return null // A `%` that encodes nothing.
  }
}
