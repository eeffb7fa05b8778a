const defaults = ['chat:general', 'chat:random', 'chat:help']

/** The default channels, then those found, by name, and the open one unless it is private. */
export function mergeChannels(found: readonly string[], open: string | null): string[] {
  const others = new Set(found)
  if (open?.startsWith('chat:')) others.add(open)
  for (const name of defaults) others.delete(name)
  return [...defaults, ...[...others].sort((a, b) => a.localeCompare(b))]
}
