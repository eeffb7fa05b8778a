/** The numbers of the events in a reply or a frame; other records of the channel are skipped. */
export function findEventNumbers(frame: unknown): number[] {
  const { changes } = (frame ?? {}) as { changes?: { record?: { data?: { event?: unknown } } }[] }
  if (!Array.isArray(changes)) return []
  return changes.flatMap(({ record }) => {
    const event = record?.data?.event
    return typeof event === 'number' ? [event] : []
  })
}
