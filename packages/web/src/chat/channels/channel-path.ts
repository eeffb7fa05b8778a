import { isChannelName } from 'dovetail-protocol'

/** The path of a channel's page, at a message if one is given. Other query parameters (`?transport=`) are kept. */
export function channelPath(channel: string, at?: number): string {
  const query = new URLSearchParams(window.location.search)
  query.delete('at')
  if (at !== undefined) query.set('at', String(at))
  const text = query.toString()
  return `/chat/${encodeURIComponent(channel)}${text === '' ? '' : `?${text}`}`
}

/** The channel name in a segment of the path; null if it is no valid name. */
export function findChannelName(part: string): string | null {
  try {
    const name = decodeURIComponent(part)
    return isChannelName(name) ? name : null
  } catch {
    return null // A `%` that encodes nothing.
  }
}
