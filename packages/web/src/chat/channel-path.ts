/** Where a channel is shown, at a message if one is given. What else the address says (`?transport=`) stays. */
export function channelPath(channel: string, at?: number): string {
  const query = new URLSearchParams(window.location.search)
  query.delete('at')
  if (at !== undefined) query.set('at', String(at))
  const text = query.toString()
  return `/chat/${encodeURIComponent(channel)}${text === '' ? '' : `?${text}`}`
}
