import type { DownEvent } from 'dovetail-protocol'
import type { Stop } from '../base/clock.ts'
import { DovetailError } from '../base/errors.ts'
import { newKey } from '../base/key.ts'
import { nothing } from '../base/nothing.ts'
import { pause } from '../base/pause.ts'
import { type Follow, hasProgress, type Round } from './round.ts'
import { type TabRequest, TabRequests } from './tab-requests.ts'
import type { Tabs } from './tabs.ts'

type Reported = Pick<DovetailError, 'code' | 'detail' | 'status' | 'retryAfter'>

type Message =
  | { readonly kind: 'follow'; readonly tab: string; readonly request: TabRequest }
  | { readonly kind: 'leave'; readonly tab: string }
  /** Another tab leads from now on, and asks what each tab follows. */
  | { readonly kind: 'leading' }
  | { readonly kind: 'frame'; readonly frame: DownEvent }
  | { readonly kind: 'alive' }
  | { readonly kind: 'failed'; readonly error: Reported }

/** Requests of several tabs within this time lead to one new request. */
const gatherMs = 20
/** The pause after a round that ended at once without changes. */
const restMs = 1_000
/** A leader that is silent for this long is frozen: another tab takes the lead. */
const silenceMs = 60_000

/**
 * Shares one request among all tabs of a user, since a browser has about six connections to an origin over HTTP/1.1.
 * The tab that holds the lock is the leader: it requests the channels of all tabs, and passes on the frames.
 */
export function sharedFollow(follow: Follow, scope: string, tabs: Tabs): Follow {
  return (round) => new Promise((resolve, reject) => new SharedRound(round, follow, scope, tabs, resolve, reject))
}

class SharedRound {
  readonly #round: Round
  readonly #follow: Follow
  readonly #scope: string
  readonly #tabs: Tabs
  readonly #tab = newKey()
  readonly #bus: ReturnType<Tabs['open']>
  readonly #resolve: () => void
  readonly #reject: (error: DovetailError) => void
  /** Used while this tab leads. */
  readonly #requests = new TabRequests()
  readonly #ended = new AbortController()
  #control: AbortController | null = null
  #leads = false
  #news = false
  #stopGather: Stop | null = null
  #stopSilence: Stop = nothing

  constructor(
    round: Round,
    follow: Follow,
    scope: string,
    tabs: Tabs,
    resolve: () => void,
    reject: (error: DovetailError) => void,
  ) {
    this.#round = round
    this.#follow = follow
    this.#scope = scope
    this.#tabs = tabs
    this.#resolve = resolve
    this.#reject = reject
    this.#bus = tabs.open(scope)
    this.#bus.onmessage = ({ data }) => this.#receive(data as Message)
    round.signal.addEventListener('abort', () => this.#end(null), { once: true })
    // This tab holds the lock while it is open: a free lock shows the leader that the tab was closed, for any reason.
    this.#holdLock(`${scope} ${this.#tab}`, {}, nothing)
    this.#requestLead({})
    this.#send({ kind: 'follow', tab: this.#tab, request: this.#request })
    this.#watchLeader()
  }

  get #request(): TabRequest {
    return { subs: this.#round.subs, extras: this.#round.extras }
  }

  /** Waits for the lead; `steal` takes it from a tab that has it. */
  #requestLead(options: LockOptions): void {
    this.#holdLock(
      this.#scope,
      options,
      () => this.#lead(),
      () => {
        // Another tab took the lead, since this one was silent for too long.
        this.#leads = false
        this.#control?.abort()
        if (!this.#ended.signal.aborted) this.#requestLead({})
      },
    )
  }

  #holdLock(name: string, options: LockOptions, held: () => void, lost: () => void = nothing): void {
    const signal = options.steal ? {} : { signal: this.#ended.signal }
    const untilEnd = () =>
      new Promise<void>((resolve) => {
        if (this.#ended.signal.aborted) return resolve()
        this.#ended.signal.addEventListener('abort', () => resolve(), { once: true })
        held()
      })
    this.#tabs.locks.request(name, { ...options, ...signal }, untilEnd).catch(lost)
  }

  #lead(): void {
    this.#leads = true
    this.#stopSilence()
    this.#requests.clear()
    this.#addTab(this.#tab, this.#request)
    this.#send({ kind: 'leading' })
  }

  #receive(message: Message): void {
    if (this.#ended.signal.aborted) return
    if (!this.#leads) this.#watchLeader()
    switch (message.kind) {
      case 'follow':
        if (this.#leads) this.#addTab(message.tab, message.request)
        return
      case 'leave':
        if (this.#leads) this.#removeTab(message.tab)
        return
      case 'leading':
        this.#send({ kind: 'follow', tab: this.#tab, request: this.#request })
        return
      case 'frame':
        this.#pass(message.frame)
        return
      case 'alive':
        this.#round.alive()
        return
      case 'failed':
        this.#end(errorOf(message.error))
    }
  }

  #pass(frame: DownEvent): void {
    if (!('channel' in frame) || Object.hasOwn(this.#round.subs, frame.channel)) this.#round.frame(frame)
  }

  #addTab(tab: string, request: TabRequest): void {
    const isNew = this.#requests.add(tab, request)
    if (isNew && tab !== this.#tab) this.#watchTab(tab)
    this.#gather()
  }

  /** Waits for another tab's lock, which becomes free when that tab is closed. */
  #watchTab(tab: string): void {
    const { signal } = this.#ended
    this.#tabs.locks.request(`${this.#scope} ${tab}`, { signal }, () => this.#removeTab(tab)).catch(nothing)
  }

  #removeTab(tab: string): void {
    if (this.#requests.remove(tab)) this.#gather()
  }

  #gather(): void {
    this.#stopGather ??= this.#round.network.clock.after(gatherMs, () => {
      this.#stopGather = null
      if (this.#leads) void this.#run()
    })
  }

  /** Runs the rounds for all tabs, until the set of channels changes. */
  async #run(): Promise<void> {
    this.#control?.abort()
    const control = new AbortController()
    this.#control = control
    const { clock } = this.#round.network
    while (!control.signal.aborted) {
      const startedAt = clock.now()
      this.#news = false
      try {
        await this.#follow(this.#all(control.signal))
      } catch (cause) {
        if (!control.signal.aborted) this.#endAll(cause as DovetailError)
        return
      }
      if (!this.#news && clock.now() - startedAt < restMs) await pause(clock, restMs, control.signal)
    }
  }

  #all(signal: AbortSignal): Round {
    return {
      ...this.#round,
      ...this.#requests.all(),
      signal,
      frame: (frame) => {
        this.#news ||= hasProgress(frame)
        this.#requests.advance(frame)
        this.#send({ kind: 'frame', frame })
        this.#pass(frame)
      },
      alive: () => {
        this.#send({ kind: 'alive' })
        this.#round.alive()
      },
    }
  }

  #endAll(error: DovetailError): void {
    const { code, detail, status, retryAfter } = error
    this.#send({ kind: 'failed', error: { code, detail, status, retryAfter } })
    this.#end(error)
  }

  #watchLeader(): void {
    this.#stopSilence()
    this.#stopSilence = this.#round.network.clock.after(silenceMs, () => this.#requestLead({ steal: true }))
  }

  #send(message: Message): void {
    this.#bus.postMessage(message)
  }

  #end(error: DovetailError | null): void {
    if (this.#ended.signal.aborted) return
    this.#send({ kind: 'leave', tab: this.#tab })
    this.#ended.abort()
    this.#control?.abort()
    this.#stopGather?.()
    this.#stopSilence()
    this.#bus.close()
    if (error === null) this.#resolve()
    else this.#reject(error)
  }
}

function errorOf({ code, detail, status, retryAfter }: Reported): DovetailError {
  return new DovetailError(code, detail, { status, retryAfter: retryAfter ?? undefined })
}
