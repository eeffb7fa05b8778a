/** One message, encoded once per wire format and shared by every outlet that uses that format. */
export class Frame {
  readonly json: string
  /** The revision that a reader has reached with this frame; `null` where the frame does not move the cursor. */
  readonly cursor: string | null
  readonly event: string
  readonly #forms = new Map<unknown, unknown>()

  constructor(event: string, json: string, cursor: string | null = null) {
    this.event = event
    this.json = json
    this.cursor = cursor
  }

  /** The frame for a reader that takes no more than `maxBytes` of JSON. Overridden by frames that may be larger than the least of them. */
  within(_maxBytes: number): Frame {
    return this
  }

  /** The frame as `encode` encodes it. `encode` is the cache key, so pass the same function each time. */
  as<Form, Kind extends Frame = Frame>(this: Kind, encode: (frame: Kind) => Form): Form {
    let form = this.#forms.get(encode) as Form | undefined
    if (form === undefined) {
      form = encode(this)
      this.#forms.set(encode, form)
    }
    return form
  }
}
