/** `chat:general` is “general” to people. */
export function channelTitle(channel: string): string {
  const colon = channel.indexOf(':')
  return colon < 0 ? channel : channel.slice(colon + 1)
}
