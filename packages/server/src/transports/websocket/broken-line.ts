/** The close code that `ws` has sent to a peer that broke the protocol, by the name of the error of `ws`. */
import type { CloseCode } from 'dovetail-protocol'

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

/** Whether the peer broke the protocol, rather than the connection being cut. */
export function isBrokenProtocol(error: Error & { code?: string }): boolean {
  return error.code?.startsWith('WS_ERR_') === true
}
