/**
 * How large the frames are that a client takes. It names the most bytes of a message that it reads (`maxBytes`), and the
 * server rounds that down to one of few classes, so that all readers of a class share the same encoded frames.
 */
export const frameClasses = [32_768, 65_536, 262_144, 1_048_576] as const

/** The least `maxBytes` that a client may name. */
export const leastFrameClass = frameClasses[0]

/** The bytes of a class that are left for what a transport writes around the JSON: an event's name and id, a header. */
const aroundJson = 1024

/** The most bytes of a frame's JSON for a client that reads `maxBytes`, which is at least `leastFrameClass`. */
export function frameBytesFor(maxBytes: number): number {
  return (frameClasses.findLast((size) => size <= maxBytes) ?? leastFrameClass) - aroundJson
}
