/** The name for people: “general” for `chat:general`. */
export function formatChannelName(channel: string): string {
  if (channel.startsWith('dm:')) return 'Direct messages'
  const colon = channel.indexOf(':')
  return colon < 0 ? channel : channel.slice(colon + 1)
}
