/** Cuts the bytes of a stream into whole messages, so that a line can treat each one by itself. */
import { frameSizeAt } from '../../framing/frame-scanner.ts'

export interface Piece {
  /** All that goes over the line for this message. */
  readonly bytes: Buffer
  /** The JSON that it carries; empty for what carries none, such as a ping or a comment. */
  readonly json: string
}

/** Takes what came and returns the messages that are complete now. */
export type Splitter = (bytes: Buffer) => Piece[]

const textFrame = 0x81

/** The frames of a WebSocket, as a server sends them: unmasked, without an extension, none in fragments. */
export const splitFrames = (): Splitter =>
  splitBy((bytes) => {
    const size = frameSizeAt(bytes, 0)
    if (size === null) return null
    const end = size.header + size.payload
    return { end, json: bytes[0] === textFrame ? bytes.toString('utf8', size.header, end) : '' }
  })

/** The blocks of an event stream. */
export const splitEvents = (): Splitter =>
  splitBy((bytes) => {
    const empty = bytes.indexOf('\n\n')
    if (empty === -1) return null
    const data = /^data: ?(.*)$/m.exec(bytes.toString('utf8', 0, empty))?.[1]
    return { end: empty + 2, json: data ?? '' }
  })

/** @param first the first message of these bytes; `null`: it is not complete */
function splitBy(first: (bytes: Buffer) => { readonly end: number; readonly json: string } | null): Splitter {
  let rest = Buffer.alloc(0)
  return (bytes) => {
    rest = Buffer.concat([rest, bytes])
    const pieces: Piece[] = []
    for (let next = first(rest); next !== null && next.end <= rest.length; next = first(rest)) {
      pieces.push({ bytes: rest.subarray(0, next.end), json: next.json })
      rest = rest.subarray(next.end)
    }
    return pieces
  }
}
