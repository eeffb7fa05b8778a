/** One user who is present in a channel: what keeps the user present, and which state is shown. */
import type { ElsewherePresence, OwnPresence } from '../../ports/presence.ts'
import { type JsonText, storedJson } from '../../wire/json-text.ts'

/** What keeps a user present on this node: a connection, or the lease of a client without one. */
export interface Hold {
  /** When the lease ends, in monotonic ms; `null`: with the connection. */
  until: number | null
  /** The stream that has the lease now; `null`: no stream has it. */
  by: object | null
  /** The state that this connection or client set; `null`: it set none. A state ends with its hold. */
  state: JsonText | null
  /** When the state was set, in ms since the Unix epoch, and later than the state that was shown before. */
  stateAt: number
}

export class Present {
  readonly user: string
  /** Milliseconds since the Unix epoch. */
  readonly since: number
  /** Rises with each user who enters the room. */
  readonly order: number
  readonly holders = new Map<string, Hold>()
  /** Connections on other nodes. */
  elsewhere = 0
  /** The latest state that is held, here or on another node; `null`: none is. */
  state: JsonText | null = null
  #elsewhereState: Pick<ElsewherePresence, 'state' | 'stateAt'> = { state: null, stateAt: 0 }

  constructor(user: string, since: number, order: number) {
    this.user = user
    this.since = since
    this.order = order
  }

  get isGone(): boolean {
    return this.holders.size === 0 && this.elsewhere === 0
  }

  get connections(): number {
    return this.holders.size + this.elsewhere
  }

  /** What the other nodes are to know. */
  get own(): Pick<OwnPresence, 'connections' | 'since' | 'state' | 'stateAt'> {
    const latest = this.#ownLatest()
    const { state, stateAt } = latest ?? { state: null, stateAt: 0 }
    return { connections: this.holders.size, since: this.since, state, stateAt }
  }

  /** Takes over what is so on the other nodes. */
  setElsewhere({ connections, state, stateAt }: Omit<ElsewherePresence, 'user' | 'since'>): void {
    this.elsewhere = connections
    this.#elsewhereState = { state, stateAt }
  }

  /** False: this holder does not make the user present. `now`: ms since the Unix epoch. */
  setState(holder: string, state: JsonText | null, now: number): boolean {
    const hold = this.holders.get(holder)
    if (hold === undefined) return false
    // Later than every state seen here, so that the order does not depend on how well the clocks of the nodes agree.
    hold.stateAt = Math.max(now, this.#elsewhereState.stateAt + 1, (this.#ownLatest()?.stateAt ?? 0) + 1)
    hold.state = state
    return true
  }

  /** Shows the latest state of those that are held. True: it is another one than before. */
  refreshState(): boolean {
    const before = this.state
    const own = this.#ownLatest()
    const { state, stateAt } = this.#elsewhereState
    const isOwn = state === null || (own !== null && own.stateAt >= stateAt)
    this.state = isOwn ? (own?.state ?? null) : storedJson(state)
    return this.state !== before
  }

  #ownLatest(): Hold | null {
    let latest: Hold | null = null
    for (const hold of this.holders.values())
      if (hold.state !== null && (latest === null || hold.stateAt > latest.stateAt)) latest = hold
    return latest
  }
}
