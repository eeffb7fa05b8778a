/**
 * Cuts a server's WebSocket bytes into frames without copying where a frame lies whole in one read.
 * It knows what a server sends: unmasked frames. A message in fragments, as external servers may send it, is given whole.
 */

export interface FrameListener {
  /** The payload lies in `bytes` from `start` to `end`, and only until this returns. */
  text(bytes: Buffer, start: number, end: number): void
  ping(payload: Buffer): void
  close(code: number): void
  /** Every frame, before its message is given: the bytes of its header, and those of its payload. */
  frame?(header: number, payload: number): void
}

/** Those of messages are 0 (a further fragment), 1 (text) and 2 (binary). */
const opcodes = { binary: 2, close: 8, ping: 9 } as const
const lastFragment = 0x80

export class FrameScanner {
  readonly #listener: FrameListener
  #rest: Buffer | null = null
  #fragments: Buffer[] = []

  constructor(listener: FrameListener) {
    this.#listener = listener
  }

  take(bytes: Buffer): void {
    const whole = this.#rest === null ? bytes : Buffer.concat([this.#rest, bytes])
    const used = this.#scan(whole)
    // The bytes may lie in a buffer that the next read overwrites.
    this.#rest = used === whole.length ? null : Buffer.from(whole.subarray(used))
  }

  /** Returns how many bytes made complete frames. */
  #scan(bytes: Buffer): number {
    let at = 0
    for (let size = frameSizeAt(bytes, at); size !== null; size = frameSizeAt(bytes, at)) {
      const { header, payload: length } = size
      const end = at + header + length
      if (end > bytes.length) break
      this.#listener.frame?.(header, length)
      this.#dispatch(bytes[at] ?? 0, bytes, at + header, end)
      at = end
    }
    return at
  }

  #dispatch(first: number, bytes: Buffer, start: number, end: number): void {
    const opcode = first & 0x0f
    if (opcode <= opcodes.binary) this.#message((first & lastFragment) !== 0, bytes, start, end)
    else if (opcode === opcodes.ping) this.#listener.ping(Buffer.from(bytes.subarray(start, end)))
    else if (opcode === opcodes.close) this.#listener.close(end - start >= 2 ? bytes.readUInt16BE(start) : 1005)
  }

  #message(isLast: boolean, bytes: Buffer, start: number, end: number): void {
    if (isLast && this.#fragments.length === 0) {
      this.#listener.text(bytes, start, end)
      return
    }
    this.#fragments.push(Buffer.from(bytes.subarray(start, end)))
    if (!isLast) return
    const whole = Buffer.concat(this.#fragments)
    this.#fragments = []
    this.#listener.text(whole, 0, whole.length)
  }
}

/** How many bytes the frame that begins at `at` has; `null`: its header is not complete. */
export function frameSizeAt(bytes: Buffer, at: number): { readonly header: number; readonly payload: number } | null {
  if (at + 2 > bytes.length) return null
  const short = (bytes[at + 1] ?? 0) & 0x7f
  const header = short < 126 ? 2 : short === 126 ? 4 : 10
  return at + header > bytes.length ? null : { header, payload: lengthOf(bytes, at, short) }
}

function lengthOf(bytes: Buffer, at: number, short: number): number {
  if (short < 126) return short
  return short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
}
