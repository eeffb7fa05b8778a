import type { CloseCode } from 'dovetail-protocol'

/**
 * Why the connection of a reader ended. `peer`: the client ended it, or was cut off. `over`: the reading came to its end
 * (a poll was answered, the channel is gone, the token ended or was revoked). `restart`: the node ends, or can't read its
 * store. `dead`: the peer stopped answering or reading. `refused`: the client broke the protocol, or a limit.
 */
export type EndReason = 'peer' | 'over' | 'restart' | 'dead' | 'refused'

/** The reason that a close code of a WebSocket stands for. */
export function endReasonOf(code: CloseCode): EndReason {
  switch (code) {
    case 1012:
      return 'restart'
    case 4408:
      return 'dead'
    case 4401:
    case 4403:
      return 'over'
    default:
      return 'refused'
  }
}
