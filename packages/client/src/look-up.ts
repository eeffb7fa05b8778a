import type { Stop } from './clock.ts'
import { type Fallback, healthyAfterMs } from './fallback.ts'
import type { Network } from './network.ts'
import { nothing } from './nothing.ts'
import { openLink } from './transports/open-link.ts'
import type { Link, LinkEvents, TransportName } from './transports/transport.ts'

const patienceMs = 20_000
const baseMs = 30_000
const capMs = 600_000

/** Tries better transports beside a living link, best first, and hands over the first that proves itself. */
export class LookUp {
  readonly #network: Network
  readonly #fallback: Fallback
  readonly #eventsFor: (link: () => Link) => LinkEvents
  readonly #adopt: (link: Link) => void
  #candidate: Link | null = null
  #adopted: Link | null = null
  #stopTimers: Stop = nothing

  /** `eventsFor` makes the events that a link has once it is adopted. */
  constructor(
    network: Network,
    fallback: Fallback,
    eventsFor: (link: () => Link) => LinkEvents,
    adopt: (link: Link) => void,
  ) {
    this.#network = network
    this.#fallback = fallback
    this.#eventsFor = eventsFor
    this.#adopt = adopt
  }

  /** Now, or after the time that doubles with each vain try. */
  start(now: boolean): void {
    const { random, clock } = this.#network
    const inMs = now ? 0 : Math.min(capMs, baseMs * 2 ** this.#fallback.vain) * (0.75 + random() / 4)
    this.#fallback.vain += 1
    this.#stopTimers = clock.after(inMs, () => this.#try(this.#fallback.above))
  }

  stop(): void {
    this.#stopTimers()
    this.#candidate?.close()
    this.#candidate = null
  }

  #try([name, ...others]: readonly TransportName[]): void {
    if (name === undefined) {
      this.start(false)
      return
    }
    const { clock } = this.#network
    const fail = () => {
      this.stop()
      this.#try(others)
    }
    const stopPatience = clock.after(patienceMs, fail)
    this.#stopTimers = stopPatience
    const link: Link = openLink(name, this.#network, {
      ...this.#eventsFor(() => link),
      ready: nothing,
      opened: () => {
        const stopHealth = clock.after(healthyAfterMs, () => this.#prove(link))
        this.#stopTimers = () => {
          stopPatience()
          stopHealth()
        }
      },
      lost: (loss) => (this.#adopted === link ? this.#eventsFor(() => link).lost(loss) : fail()),
    })
    this.#candidate = link
  }

  #prove(link: Link): void {
    this.#stopTimers()
    this.#candidate = null
    this.#adopted = link
    this.#fallback.use(link.name)
    this.#fallback.vain = 0
    this.#adopt(link)
  }
}
