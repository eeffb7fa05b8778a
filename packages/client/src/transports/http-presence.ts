import type { Presence, PresentUser } from 'dovetail-protocol'
import type { Stop } from '../base/clock.ts'
import type { DovetailError } from '../base/errors.ts'
import { newKey } from '../base/key.ts'
import type { Network } from '../base/network.ts'
import { nothing } from '../base/nothing.ts'
import { channelPath } from '../base/rest.ts'
import type { TransportName } from './transport.ts'

/** Time limit in ms for the request to leave a channel. If it fails, the lease ends by itself. */
const leaveWithinMs = 2_000
/** How often the presence list is read over transports without a stream. */
const listEveryMs = 3_000
/** The lease with plain polls. It is longer than a minute, since only timers drive polls and a hidden page's timers run once a minute. */
const pollLeaseSeconds = 90

/** The id that identifies a reader without a socket. All links of a client share it, so that a new link continues the lease of the former one. */
const clientIds = new WeakMap<Network, string>()

/**
 * The caller's presence over HTTP: a lease per channel, renewed by a timer and by whatever arrives. A hidden
 * page's timers run once a minute, which would let a lease of 30 s lapse; what arrives on a stream (a comment
 * every 15 s) or ends a parked poll does not wait for timers.
 *
 * The stream itself could hold the caller present (RDG19), but in all channels that it reads. A client is
 * present only where it asked for it, and its tabs share one stream.
 */
export class HttpPresence {
  readonly #network: Network
  readonly #over: TransportName
  readonly #signal: AbortSignal
  readonly #listed: (frame: Presence) => void
  readonly #client: string
  readonly #states = new Map<string, unknown>()
  /** When each lease was last asked for, in ms since the Unix epoch, and that request. */
  readonly #leases = new Map<string, { readonly at: number; readonly request: Promise<unknown> }>()
  /** The presence list is not read before this time, because of a `Retry-After`. */
  #listNotBefore = 0
  #isListing = false
  #isUser = false
  #stopRenewing: Stop = nothing
  #stopListing: Stop = nothing

  /** `listed` is called with the presence list, over transports without a stream. */
  constructor(network: Network, over: TransportName, signal: AbortSignal, listed: (frame: Presence) => void) {
    this.#network = network
    this.#over = over
    this.#signal = signal
    this.#listed = listed
    this.#client = clientIds.get(network) ?? newKey()
    clientIds.set(network, this.#client)
  }

  /** Starts once the server has said who the caller is. `channels` gives the channels with presence. */
  start(isUser: boolean, channels: () => readonly string[]): void {
    this.#isUser = isUser
    this.#renewLater(channels)
    if (this.#over !== 'sse') this.#listLater(channels)
  }

  /** Makes or keeps the caller present. Resolves when the request ended, whether or not it succeeded. */
  async renew(channel: string): Promise<void> {
    if (!this.#isUser) return
    const { rest, clock } = this.#network
    const state = this.#states.has(channel) ? { state: this.#states.get(channel) } : {}
    const seconds = this.#over === 'poll' ? { seconds: pollLeaseSeconds } : {}
    const body = { client: this.#client, ...state, ...seconds }
    const request = rest.ask('POST', pathOf(channel), { body, signal: this.#signal }).catch(nothing)
    this.#leases.set(channel, { at: clock.now(), request })
    await request
  }

  setState(channel: string, state: unknown): void {
    this.#states.set(channel, state)
    void this.renew(channel)
  }

  /** Called when anything arrives: renews due leases without waiting for the timer. */
  heard(): void {
    const dueAt = this.#network.clock.now() - this.#network.limits.presenceSeconds * 250
    for (const [channel, { at }] of this.#leases) if (at <= dueAt) void this.renew(channel)
  }

  /** Leaves a channel. Ignores a failure, since the lease ends by itself. */
  leave(channel: string): void {
    this.#states.delete(channel)
    const lease = this.#leases.get(channel)
    if (lease === undefined) return
    this.#leases.delete(channel)
    const options = { query: { client: this.#client }, timeoutMs: leaveWithinMs }
    lease.request.then(() => this.#network.rest.ask('DELETE', pathOf(channel), options)).catch(nothing)
  }

  leaveAll(): void {
    for (const channel of [...this.#leases.keys()]) this.leave(channel)
  }

  end(): void {
    this.#stopRenewing()
    this.#stopListing()
  }

  #renewLater(channels: () => readonly string[]): void {
    const everyMs = (this.#network.limits.presenceSeconds * 1000) / 3
    this.#stopRenewing = this.#network.clock.after(everyMs, () => {
      for (const channel of channels()) void this.renew(channel)
      this.#renewLater(channels)
    })
  }

  #listLater(channels: () => readonly string[]): void {
    this.#stopListing = this.#network.clock.after(listEveryMs, () => {
      if (!this.#isListing && this.#network.clock.now() >= this.#listNotBefore) void this.#list(channels())
      this.#listLater(channels)
    })
  }

  async #list(channels: readonly string[]): Promise<void> {
    this.#isListing = true
    await Promise.all(
      channels.map((channel) =>
        listPresent(this.#network, channel, this.#signal).then(
          (all) => this.#listed({ op: 'presence', channel, all }),
          ({ retryAfter }: DovetailError) => {
            this.#listNotBefore = this.#network.clock.now() + (retryAfter ?? 0) * 1000
          },
        ),
      ),
    )
    this.#isListing = false
  }
}

/** Reads the presence list of a channel, page after page. Rejects with a `DovetailError`. */
export async function listPresent(network: Network, channel: string, signal: AbortSignal): Promise<PresentUser[]> {
  type PresencePage = { readonly users: PresentUser[]; readonly next?: string | null }
  const all: PresentUser[] = []
  let after: string | undefined
  do {
    const page: PresencePage = await network.rest.get(pathOf(channel), { query: { after }, signal })
    all.push(...page.users)
    after = page.next ?? undefined
  } while (after !== undefined)
  return all
}

function pathOf(channel: string): string {
  return `${channelPath(channel)}/presence`
}
