/** The close code with which `ws` has answered a peer that broke the protocol, by the name of its error. */
import type { CloseCode } from '@dovetail/protocol'

export function closeCodeOf(error: Error & { code?: string }): CloseCode {
  switch (error.code) {
    case 'WS_ERR_INVALID_UTF8':
      return 1007
    case 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH':
    case 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH':
      return 1009
    case 'WS_ERR_TOO_MANY_BUFFERED_PARTS':
      return 1008
    default:
      return 1002
  }
}

/** Whether it is the peer's doing, rather than a line that was cut. */
export function isBrokenProtocol(error: Error & { code?: string }): boolean {
  return error.code?.startsWith('WS_ERR_') === true
}
