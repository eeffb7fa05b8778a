import type { DownEvent } from '@dovetail/protocol'
import { formatCursor, parseCursor } from '@dovetail/protocol/cursor'
import type { Stop } from '../clock.ts'
import { DovetailError } from '../errors.ts'
import { newKey } from '../key.ts'
import { nothing } from '../nothing.ts'
import { type Follow, isNews, type Round } from './round.ts'

/** What tabs of one origin share, handed in. */
export interface Tabs {
  readonly locks: Pick<LockManager, 'request'>
  open(name: string): Pick<BroadcastChannel, 'postMessage' | 'close' | 'onmessage'>
}

type Wish = Pick<Round, 'subs' | 'extras'>

type Message =
  | { readonly kind: 'follow'; readonly tab: string; readonly wish: Wish }
  | { readonly kind: 'leave'; readonly tab: string }
  /** Another tab leads from now on: say again what you follow. */
  | { readonly kind: 'leading' }
  | { readonly kind: 'frame'; readonly frame: DownEvent }
  | { readonly kind: 'alive' }
  | { readonly kind: 'failed'; readonly error: Pick<DovetailError, 'code' | 'detail' | 'status'> }

/** Wishes within so long share one new request. */
const gatherMs = 20
/** A round that ended at once and brought nothing is not followed by the next one at once. */
const restMs = 1_000
/** A leader that is silent for so long is frozen: its place is taken. */
const silenceMs = 60_000

/**
 * One request for all tabs of a user, since a browser has about six connections to an origin over HTTP/1.1.
 * The tab that holds the lock leads: it asks for all, and passes on what comes. Each tab has joined by
 * itself and drops what it has already (ranges tell), so the leader starts from the lowest cursor.
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
  /** While leading: what each tab follows, and from where the next request starts. */
  readonly #wishes = new Map<string, Wish>()
  readonly #cursors = new Map<string, string>()
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
    this.#bus.onmessage = ({ data }) => this.#hear(data as Message)
    round.signal.addEventListener('abort', () => this.#end(null), { once: true })
    // Held while this tab lives, so that the leader learns of its end whatever it was.
    this.#hold(`${scope} ${this.#tab}`, {}, nothing)
    this.#stand({})
    this.#say({ kind: 'follow', tab: this.#tab, wish: this.#wish })
    this.#expect()
  }

  get #wish(): Wish {
    return { subs: this.#round.subs, extras: this.#round.extras }
  }

  /** Waits for the lead; `steal` takes it. */
  #stand(options: LockOptions): void {
    this.#hold(
      this.#scope,
      options,
      () => this.#lead(),
      () => {
        // Taken by a tab that heard nothing of this one for long.
        this.#leads = false
        this.#control?.abort()
        if (!this.#ended.signal.aborted) this.#stand({})
      },
    )
  }

  #hold(name: string, options: LockOptions, held: () => void, lost: () => void = nothing): void {
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
    this.#wishes.clear()
    this.#cursors.clear()
    this.#admit(this.#tab, this.#wish)
    this.#say({ kind: 'leading' })
  }

  #hear(message: Message): void {
    if (this.#ended.signal.aborted) return
    if (!this.#leads) this.#expect()
    switch (message.kind) {
      case 'follow':
        if (this.#leads) this.#admit(message.tab, message.wish)
        return
      case 'leave':
        if (this.#leads) this.#dismiss(message.tab)
        return
      case 'leading':
        this.#say({ kind: 'follow', tab: this.#tab, wish: this.#wish })
        return
      case 'frame':
        this.#pass(message.frame)
        return
      case 'alive':
        this.#round.alive()
        return
      case 'failed':
        this.#end(new DovetailError(message.error.code, message.error.detail, message.error))
    }
  }

  #pass(frame: DownEvent): void {
    if (!('channel' in frame) || Object.hasOwn(this.#round.subs, frame.channel)) this.#round.frame(frame)
  }

  #admit(tab: string, wish: Wish): void {
    const isNew = !this.#wishes.has(tab)
    this.#wishes.set(tab, wish)
    for (const [channel, cursor] of Object.entries(wish.subs)) {
      this.#cursors.set(channel, lower(cursor, this.#cursors.get(channel) ?? cursor))
    }
    if (isNew && tab !== this.#tab) this.#watch(tab)
    this.#gather()
  }

  /** Another tab's lock is free when that tab is gone. */
  #watch(tab: string): void {
    const { signal } = this.#ended
    this.#tabs.locks.request(`${this.#scope} ${tab}`, { signal }, () => this.#dismiss(tab)).catch(nothing)
  }

  #dismiss(tab: string): void {
    if (this.#wishes.delete(tab)) this.#gather()
  }

  #gather(): void {
    this.#stopGather ??= this.#round.network.clock.after(gatherMs, () => {
      this.#stopGather = null
      if (this.#leads) void this.#run()
    })
  }

  /** Asks for all tabs, again and again, until the set of channels changes. */
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
        if (!control.signal.aborted) this.#fail(cause as DovetailError)
        return
      }
      if (!this.#news && clock.now() - startedAt < restMs) await this.#pause(control.signal)
    }
  }

  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        stop()
        signal.removeEventListener('abort', end)
        resolve()
      }
      const stop = this.#round.network.clock.after(restMs, end)
      signal.addEventListener('abort', end)
    })
  }

  #all(signal: AbortSignal): Round {
    const subs: Record<string, string> = {}
    let extras: Record<string, string> = {}
    for (const wish of this.#wishes.values()) {
      extras = { ...wish.extras, ...extras }
      for (const channel of Object.keys(wish.subs)) subs[channel] = this.#cursors.get(channel) ?? '0'
    }
    return {
      ...this.#round,
      subs,
      extras,
      signal,
      frame: (frame) => {
        this.#news ||= isNews(frame)
        this.#advance(frame)
        this.#say({ kind: 'frame', frame })
        this.#pass(frame)
      },
      alive: () => {
        this.#say({ kind: 'alive' })
        this.#round.alive()
      },
    }
  }

  #advance(frame: DownEvent): void {
    if (frame.op === 'reset') this.#cursors.set(frame.channel, frame.cursor)
    if (frame.op !== 'changes') return
    const epoch = frame.epoch ?? parseCursor(this.#cursors.get(frame.channel) ?? '0')?.epoch ?? null
    this.#cursors.set(frame.channel, formatCursor(epoch, frame.to))
  }

  #fail(error: DovetailError): void {
    const { code, detail, status } = error
    this.#say({ kind: 'failed', error: { code, detail, status } })
    this.#end(error)
  }

  #expect(): void {
    this.#stopSilence()
    this.#stopSilence = this.#round.network.clock.after(silenceMs, () => this.#stand({ steal: true }))
  }

  #say(message: Message): void {
    this.#bus.postMessage(message)
  }

  #end(error: DovetailError | null): void {
    if (this.#ended.signal.aborted) return
    this.#say({ kind: 'leave', tab: this.#tab })
    this.#ended.abort()
    this.#control?.abort()
    this.#stopGather?.()
    this.#stopSilence()
    this.#bus.close()
    if (error === null) this.#resolve()
    else this.#reject(error)
  }
}

/** The one that says less is known. */
function lower(a: string, b: string): string {
  return (parseCursor(a)?.rev ?? 0) < (parseCursor(b)?.rev ?? 0) ? a : b
}
