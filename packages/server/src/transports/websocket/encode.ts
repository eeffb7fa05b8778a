/** Encodes a frame as one unmasked WebSocket text frame (RFC 6455, section 5.2), once for all subscribers. */
import * as ws from 'ws'
import type { Frame } from '../../ports/frame.ts'

interface FrameOptions {
  readonly fin: boolean
  readonly rsv1: boolean
  readonly opcode: number
  readonly mask: boolean
  readonly readOnly: boolean
}
type FrameMaker = (data: Buffer, options: FrameOptions) => Buffer[]

/** `ws` exports it without a type; runtimes with a `ws` of their own lack it. */
const makeFrame = (ws as { Sender?: { frame?: FrameMaker } }).Sender?.frame

export function encodeWebSocket(frame: Frame): Buffer {
  return textFrame(frame.json)
}

export function textFrame(text: string): Buffer {
  const data = Buffer.from(text)
  if (makeFrame !== undefined) {
    return Buffer.concat(makeFrame(data, { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: true }))
  }
  return Buffer.concat([textHeader(data.length), data])
}

/** The header: FIN and opcode 1, then the length in 7, 16 or 64 bits. */
function textHeader(length: number): Buffer {
  if (length < 126) return Buffer.from([0x81, length])
  if (length < 65_536) {
    const header = Buffer.from([0x81, 126, 0, 0])
    header.writeUInt16BE(length, 2)
    return header
  }
  const header = Buffer.alloc(10)
  header[0] = 0x81
  header[1] = 127
  header.writeBigUInt64BE(BigInt(length), 2)
  return header
}
