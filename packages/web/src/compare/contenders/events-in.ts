/** The numbers of the events that a reply or a frame brings; other records of the channel are none. */
export function eventsIn(frame: unknown): number[] {
  const { changes } = (frame ?? {}) as { changes?: { record?: { data?: { event?: unknown } } }[] }
  if (!Array.isArray(changes)) return []
  return changes.flatMap(({ record }) => {
    const event = record?.data?.event
    return typeof event === 'number' ? [event] : []
  })
}
