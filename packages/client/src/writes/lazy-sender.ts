import type { Stop } from '../base/clock.ts'
import { nothing } from '../base/nothing.ts'
import type { OutboxSender, SenderOptions } from './outbox-sender.ts'

/** The pause before code that could not be loaded is requested again. */
const loadAgainMs = 5000

/** The outbox's sender, whose code is loaded with the first write: a page that only reads never needs it. */
export class LazySender {
  readonly #options: SenderOptions
  readonly #drain: () => void
  #sender: OutboxSender | null = null
  #loading = false
  #stopLoading: Stop = nothing

  /** `drain` runs all channels: called when the code is loaded, and when it is to be requested again. */
  constructor(options: SenderOptions, drain: () => void) {
    this.#options = options
    this.#drain = drain
  }

  /** Sends a channel's waiting entries. */
  run(channel: string): void {
    if (this.#sender !== null) void this.#sender.run(channel)
    else if (!this.#loading) this.#load()
  }

  /** Ends every back-off. */
  hurry(): void {
    this.#sender?.hurry()
  }

  stop(): void {
    this.#stopLoading()
    this.hurry()
  }

  #load(): void {
    this.#loading = true
    import('./outbox-sender.ts').then(
      ({ OutboxSender }) => {
        this.#sender = new OutboxSender(this.#options)
        this.#drain()
      },
      () => {
        this.#loading = false
        this.#stopLoading = this.#options.network.clock.after(loadAgainMs, this.#drain)
      },
    )
  }
}
