const defaults = ['chat:general', 'chat:random', 'chat:help']

/** The defaults first, then what was found, by name; one that is open is always among them, unless it is private. */
export function mergeChannels(found: readonly string[], open: string | null): string[] {
  const others = new Set(found)
  if (open?.startsWith('chat:')) others.add(open)
  for (const name of defaults) others.delete(name)
  return [...defaults, ...[...others].sort((a, b) => a.localeCompare(b))]
}
