/** Cuts a body in chunks (RFC 9112, 7.1) into them, without copying where one lies whole in one read. */
export class ChunkScanner {
  readonly #onChunk: (bytes: Buffer, start: number, end: number, framing: number) => void
  #rest: Buffer | null = null

  /**
   * A chunk lies in `bytes` from `start` to `end`, and only until `onChunk` returns; the body's last one is empty.
   * `framing`: the bytes around it, its size and two line ends.
   */
  constructor(onChunk: (bytes: Buffer, start: number, end: number, framing: number) => void) {
    this.#onChunk = onChunk
  }

  take(bytes: Buffer): void {
    const whole = this.#rest === null ? bytes : Buffer.concat([this.#rest, bytes])
    const used = this.#scan(whole)
    // The bytes may lie in a buffer that the next read overwrites.
    this.#rest = used === whole.length ? null : Buffer.from(whole.subarray(used))
  }

  /** Returns how many bytes made complete chunks. */
  #scan(bytes: Buffer): number {
    let at = 0
    for (;;) {
      const lineEnd = bytes.indexOf('\r\n', at, 'latin1')
      if (lineEnd < 0) return at
      const length = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
      if (Number.isNaN(length)) throw new Error(`no chunk begins with ${bytes.toString('latin1', at, lineEnd)}`)
      const start = lineEnd + 2
      if (start + length + 2 > bytes.length) return at
      this.#onChunk(bytes, start, start + length, start - at + 2)
      at = start + length + 2
    }
  }
}
