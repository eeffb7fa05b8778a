interface ChangesLike {
  channel: string
  changes: { record: { updatedAt?: string } }[]
}

/** The commit time of each change in a frame (ms since 1970; null for a tombstone); null if the frame has no changes of this channel. */
export function changeTimes(frame: unknown, channel: string): (number | null)[] | null {
  if (typeof frame !== 'object' || frame === null) return null
  const { channel: of, changes } = frame as Partial<ChangesLike>
  if (of !== channel || !Array.isArray(changes)) return null
  return changes.map(({ record }) => (record.updatedAt === undefined ? null : Date.parse(record.updatedAt)))
}

const encoder = new TextEncoder()

export function byteLength(frame: unknown): number {
  return encoder.encode(JSON.stringify(frame)).length
}
