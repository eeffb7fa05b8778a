import type { Stop } from '../base/clock.ts'
import type { Network } from '../base/network.ts'
import { nothing } from '../base/nothing.ts'
import { openLink } from '../transports/open-link.ts'
import type { Link, LinkEvents, TransportName } from '../transports/transport.ts'
import { type Fallback, healthyAfterMs } from './fallback.ts'

/** Time limit in ms for one transport to open and stay healthy. */
const patienceMs = 20_000
/** Pause before the first probe. It is short, since the downgrade may have been a mistake, and doubles with each failed probe. */
const baseMs = 10_000
const capMs = 600_000

/** Tries better transports while the link stays open, best first, and hands over the first healthy one. */
export class UpgradeProbe {
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

  /** Probes now, or after a pause that doubles with each failed probe. */
  start(now: boolean): void {
    const { random, clock } = this.#network
    const inMs = now ? 0 : Math.min(capMs, baseMs * 2 ** this.#fallback.failedProbes) * (0.75 + random() / 4)
    this.#fallback.failedProbes += 1
    this.#stopTimers = clock.after(inMs, () => this.#try(this.#fallback.betterTransports))
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
      lost: (error) => (this.#adopted === link ? this.#eventsFor(() => link).lost(error) : fail()),
    })
    this.#candidate = link
  }

  #prove(link: Link): void {
    this.#stopTimers()
    this.#candidate = null
    this.#adopted = link
    this.#fallback.use(link.name)
    this.#fallback.failedProbes = 0
    this.#adopt(link)
  }
}
