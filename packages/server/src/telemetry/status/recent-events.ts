/** What was refused and ended lately, for people who look for the reason; each is logged too. Nothing here counts: the metrics do. */
import type { CloseCode, Code } from 'dovetail-protocol'
import { Recent } from '../../core/log/counts/recent.ts'
import type { Span } from '../../ports/tracing/tracing.ts'
import type { Logger } from '../log.ts'
import { isLogged, logEvent } from '../log-events.ts'

export interface Refusal {
  readonly transport: 'http' | 'websocket'
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

const ended = { http: 'ended a connection', websocket: 'closed a connection', sse: 'ended a stream' } as const

/** When it was, in ms since the Unix epoch. */
export type At<Event> = Event & { readonly at: number }

const kept = 50
/** A detail may quote what the client sent. */
const maxDetailLength = 300

export class RecentEvents {
  readonly #now: () => number
  readonly #log: Logger
  readonly #refusals = new Recent<At<Refusal>>(kept)
  readonly #ends = new Recent<At<End>>(kept)

  /** `now`: milliseconds since the Unix epoch. */
  constructor(now: () => number, log: Logger) {
    this.#now = now
    this.#log = log
  }

  /** `span`: of what was refused, where it is traced. */
  refused(refusal: Refusal, span?: Span | null): void {
    const detail = refusal.detail.slice(0, maxDetailLength)
    this.#refusals.add({ ...refusal, detail, at: this.#now() })
    if (!isLogged(this.#log, 'refused')) return
    const { transport, request, code, user, address } = refusal
    logEvent(this.#log, 'refused', { transport, request, code, user, address }, detail, span)
  }

  /** `queued`: the bytes that waited for the peer. */
  ended(end: End, queued = 0): void {
    this.#ends.add({ ...end, at: this.#now() })
    const { transport, code, reason, user } = end
    const message = `${ended[transport]}: ${reason}`
    if (code === 4408) logEvent(this.#log, 'connection_dead', { transport, code, user, queued }, message)
    else if (isLogged(this.#log, 'connection_ended'))
      logEvent(this.#log, 'connection_ended', { transport, code, user }, message)
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
