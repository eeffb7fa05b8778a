/** What was refused and ended lately, for people who look for the reason. Nothing here counts: the metrics do. */
import type { CloseCode, Code } from 'dovetail-protocol'
import { Recent } from '../../core/log/counts/recent.ts'
import type { RefusingTransport } from '../metrics.ts'

export interface Refusal {
  readonly transport: RefusingTransport
  /** The method and route of a request, or the name of a command. */
  readonly request: string
  readonly code: Code
  readonly detail: string
  /** `null`: nobody known. */
  readonly user: string | null
  /** Of the client. */
  readonly address: string
}

export interface End {
  readonly transport: 'http' | 'websocket' | 'sse'
  readonly code: CloseCode
  readonly reason: string
  readonly user: string | null
}

/** When it was, in ms since the Unix epoch. */
export type At<Event> = Event & { readonly at: number }

const kept = 50
/** A detail may quote what the client sent. */
const maxDetailLength = 300

export class RecentEvents {
  readonly #now: () => number
  readonly #refusals = new Recent<At<Refusal>>(kept)
  readonly #ends = new Recent<At<End>>(kept)

  /** `now`: milliseconds since the Unix epoch. */
  constructor(now: () => number) {
    this.#now = now
  }

  refused(refusal: Refusal): void {
    this.#refusals.add({ ...refusal, detail: refusal.detail.slice(0, maxDetailLength), at: this.#now() })
  }

  ended(end: End): void {
    this.#ends.add({ ...end, at: this.#now() })
  }

  /** The newest first. */
  get refusals(): readonly At<Refusal>[] {
    return this.#refusals.all
  }

  /** The newest first. */
  get ends(): readonly At<End>[] {
    return this.#ends.all
  }
}
