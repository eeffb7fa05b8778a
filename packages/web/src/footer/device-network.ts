/** How long after the device lost its network frames may still come that were on their way. */
const graceMs = 3000

/** What the browser says about the device's network, checked against the frames that arrive. */
export interface DeviceNetwork {
  /** When the device lost its network (ms since 1970); null while it has one. */
  readonly offlineSince: number | null
}

/**
 * Whether the device is without a network. The browser knows within a moment, the connection only when an answer stays
 * away. But behind some VPNs it is wrong: frames that arrive later say so.
 *
 * @param lastFrameAt when the last frame arrived; null: none did
 */
export function isOffline({ offlineSince }: DeviceNetwork, lastFrameAt: number | null): boolean {
  return offlineSince !== null && (lastFrameAt === null || lastFrameAt < offlineSince + graceMs)
}
