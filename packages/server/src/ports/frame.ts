/** One message, encoded once per form and shared by every outlet that takes that form. */
export class Frame {
  readonly json: string
  /** The revision that a reader has with this frame; `null` where it does not move the cursor. */
  readonly cursor: string | null
  readonly event: string
  readonly #forms = new Map<(frame: Frame) => Buffer, Buffer>()

  constructor(event: string, json: string, cursor: string | null = null) {
    this.event = event
    this.json = json
    this.cursor = cursor
  }

  /** The bytes in the form that `encode` gives; `encode` is the key, so pass the same function each time. */
  as(encode: (frame: Frame) => Buffer): Buffer {
    let bytes = this.#forms.get(encode)
    if (bytes === undefined) {
      bytes = encode(this)
      this.#forms.set(encode, bytes)
    }
    return bytes
  }
}
