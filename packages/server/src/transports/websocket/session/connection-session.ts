/**
 * What one connection holds: its caller, its subscriptions, and the order of its commands. Commands to one channel take
 * effect in the order in which they were sent; commands to different channels do not wait for each other.
 *
 * Each channel has a lock. P holds it shared: `create`, which lets the next P begin once it is queued in the commit
 * group, where the order is kept; `signal` and `state`, which let it begin once they have settled. S holds it alone:
 * `subscribe`, `unsubscribe`, `put`, `patch` and `delete`. For P1, P2, S3 and P4, sent in this order:
 *
 *   P1   ├─ queued ─────────┤                         begins at once
 *   P2            ├─ queued ──────┤                   begins once P1 is queued
 *   S3                            ├───────┤           begins once P1 and P2 have settled
 *   P4                                    ├─ queued   begins once S3 has settled
 *
 * `follow` and `unfollow` hold the lock of their pattern alone.
 */

import { anonymous, type Caller } from '../../../core/access/caller.ts'
import type { AccessContext } from '../../../core/access/context.ts'
import type { Feed } from '../../../core/log/feeds/feed.ts'
import type { Hub } from '../../../core/log/hub.ts'
import { judgeFeed } from '../../../core/log/recheck-access.ts'
import type { PresenceContext } from '../../../core/presence/context.ts'
import type { Payer } from '../../../core/rate/budgets.ts'
import type { Outlet } from '../../../ports/outlet.ts'
import { waitForDrain } from '../../connections/wait-for-drain.ts'
import { FollowedPatterns } from './followed-patterns.ts'

/** What is needed to end the subscriptions of a connection and to check them again. */
export type SessionContext = AccessContext & Pick<PresenceContext, 'presences'>

export interface Subscribed {
  readonly hub: Hub
  readonly feed: Feed
}

/** The caller whom the upgrade request identified. */
export interface Brought {
  readonly caller: Caller
  /** Asks the application whether it still knows its user; `null`: it was a token or a ticket that said so. */
  readonly askAgain: (() => Promise<Caller>) | null
}

export class ConnectionSession {
  readonly connection: string
  /** The client address, by which limits count. */
  readonly address: string
  readonly outlet: Outlet
  /** `null`: the upgrade identified nobody, so that `hello` brings a token or the caller stays anonymous. */
  #brought: Brought | null
  caller: Caller = anonymous
  /** The most bytes of a frame's JSON that the client takes, as its `hello` said; `null`: it did not say. */
  maxBytes: number | null = null
  readonly subscriptions = new Map<string, Subscribed>()
  readonly patterns = new FollowedPatterns()
  /** The store failed while a feed read it: the connection has to be closed, so that the client resumes. */
  readonly onBroken: (error: unknown) => void
  /** The channels in which this connection makes its user present; `null`: none, which saves memory on most connections. */
  #presentIn: Set<string> | null = null
  /** The locks of the channels whose commands run now; `null`: no command runs. */
  #locks: Map<string, ChannelLock> | null = null
  /** Resolves at the end of the last large reply; `null`: none is under way. */
  #large: Promise<void> | null = null
  #closed = false

  constructor(
    connection: string,
    address: string,
    outlet: Outlet,
    brought: Brought | null,
    onBroken: (error: unknown) => void,
  ) {
    this.connection = connection
    this.address = address
    this.outlet = outlet
    this.#brought = brought
    this.onBroken = onBroken
  }

  /** The caller where a `hello` has no token. One that is not the first renews the session of an application's user. */
  async callerWithoutToken(): Promise<Caller> {
    const { caller, askAgain = null } = this.#brought ?? {}
    if (caller === undefined) return this.caller
    // It may have become another user's connection by a token since.
    if (askAgain === null || this.caller !== caller) return caller
    this.#brought = { caller: await askAgain(), askAgain }
    return this.#brought.caller
  }

  get payer(): Payer {
    const { caller, connection, address } = this
    return { caller, connection, address: () => address }
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /**
   * Runs a command of a channel in its turn. A `parallel` command calls `queued` once it is in the commit group, which
   * keeps the order from there: then the next `parallel` command begins.
   */
  inOrder<Result>(channel: string, parallel: boolean, run: (queued: () => void) => Promise<Result>): Promise<Result> {
    this.#locks ??= new Map()
    const locks = this.#locks
    const lock = locks.get(channel) ?? { gate: null, running: new Set<Promise<unknown>>() }
    locks.set(channel, lock)
    const before = parallel ? lock.gate : lock.running.size > 0 ? Promise.all(lock.running) : null
    let queued = ignore
    const isQueued = new Promise<void>((resolve) => {
      queued = resolve
    })
    const result = before === null ? run(queued) : before.then(() => run(queued))
    const settled = result.then(ignore, ignore)
    const gate = parallel ? Promise.race([isQueued, settled]) : settled
    lock.running.add(settled)
    lock.gate = gate
    void gate.then(() => {
      if (lock.gate === gate) lock.gate = null
    })
    void settled.then(() => {
      lock.running.delete(settled)
      if (lock.running.size > 0 || locks.get(channel) !== lock) return
      locks.delete(channel)
      if (locks.size === 0) this.#locks = null
    })
    return result
  }

  /**
   * Waits until no other large reply (such as a snapshot) is under way and the outlet has drained: many large replies at
   * once would all wait in memory for a slow peer. Resolves with the function that ends the turn.
   */
  async largeTurn(): Promise<() => void> {
    let end = ignore
    const before = this.#large
    const mine = new Promise<void>((resolve) => {
      end = resolve
    })
    this.#large = mine
    await before
    // The reply is made once the outlet drains. Feeds wait for that by a callback, and so send before this promise resumes.
    await waitForDrain(this.outlet)
    return () => {
      if (this.#large === mine) this.#large = null
      end()
    }
  }

  /** Keeps a subscription; it replaces an earlier one to the same channel. */
  hold(core: SessionContext, channel: string, subscribed: Subscribed): void {
    this.release(core, channel)
    this.subscriptions.set(channel, subscribed)
  }

  release(core: SessionContext, channel: string): void {
    this.subscriptions.get(channel)?.feed.close()
    this.subscriptions.delete(channel)
    this.#leave(core, channel)
  }

  /** Notes that this connection makes its user present in the channel, until `release`. */
  bePresentIn(channel: string): void {
    this.#presentIn ??= new Set()
    this.#presentIn.add(channel)
  }

  /** False: the connection did not make its user present there, or the user was banned since. */
  #leave(core: SessionContext, channel: string): boolean {
    if (this.#presentIn?.delete(channel) !== true || this.caller.user === null) return false
    return core.presences.leave(channel, this.caller.user, this.connection)
  }

  /** Takes over a fresh token of the same user, and ends the subscriptions that it no longer allows. */
  async refresh(core: SessionContext, caller: Caller): Promise<void> {
    this.caller = caller
    this.patterns.become(caller)
    for (const [channel, { hub, feed }] of [...this.subscriptions]) {
      feed.caller = caller
      const membership = await core.memberships.of(channel, caller.user)
      if (!feed.isClosed) judgeFeed(core, hub, feed, membership.member)
    }
  }

  /** Ends the presence of a peer that has been silent for too long. Its connection stays, and may make it present again. */
  fallSilent(core: SessionContext): readonly string[] {
    return [...(this.#presentIn ?? [])].filter((channel) => this.#leave(core, channel))
  }

  close(core: SessionContext): void {
    this.#closed = true
    this.patterns.close()
    for (const channel of [...this.subscriptions.keys()]) this.release(core, channel)
  }
}

/** The lock of one channel. */
interface ChannelLock {
  /** Resolves when the next `parallel` command may begin; `null`: at once. Neither it nor the promises in `running` reject. */
  gate: Promise<void> | null
  readonly running: Set<Promise<unknown>>
}

function ignore(): void {}
