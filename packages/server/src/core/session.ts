/**
 * What one connection holds: its caller, its subscriptions, and the order of its commands. Commands
 * to one channel are applied as they were sent; those to different channels do not wait for each other.
 */
import type { Outlet } from '../ports/outlet.ts'
import { anonymous, type Caller } from './caller.ts'
import type { Core } from './core.ts'
import type { Feed } from './feed.ts'
import type { Hub } from './hub.ts'
import { judgeFeed } from './rejudge.ts'
import { untilRoom } from './until-room.ts'

export interface Subscribed {
  readonly hub: Hub
  readonly feed: Feed
}

export class Session {
  readonly connection: string
  readonly outlet: Outlet
  /** What the connection brought with its upgrade; `null`: nothing, so `hello` has to bring a token or stays anonymous. */
  readonly brought: Caller | null
  caller: Caller = anonymous
  readonly subscriptions = new Map<string, Subscribed>()
  /** The store failed under a reading: the connection has to come back. */
  readonly onBroken: (error: unknown) => void
  /** The channels in which this connection makes its user present; `null`: none, as for most of thousands. */
  #presentIn: Set<string> | null = null
  /** Of the channels whose commands run now; `null`: of none. */
  #orders: Map<string, Order> | null = null
  /** The end of the last large reply that was asked for; `null`: none is under way. */
  #large: Promise<void> | null = null
  #closed = false

  constructor(connection: string, outlet: Outlet, brought: Caller | null, onBroken: (error: unknown) => void) {
    this.connection = connection
    this.outlet = outlet
    this.brought = brought
    this.onBroken = onBroken
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /**
   * Runs a command of a channel in its turn. A `parallel` one lets the next `parallel` one begin as
   * soon as it calls `queued`, its place in the commit group being taken then; the group keeps the order.
   */
  inOrder<Result>(channel: string, parallel: boolean, run: (queued: () => void) => Promise<Result>): Promise<Result> {
    this.#orders ??= new Map()
    const orders = this.#orders
    const order = orders.get(channel) ?? { gate: null, running: new Set<Promise<unknown>>() }
    orders.set(channel, order)
    const before = parallel ? order.gate : order.running.size > 0 ? Promise.all(order.running) : null
    let queued = ignore
    const isQueued = new Promise<void>((resolve) => {
      queued = resolve
    })
    const result = before === null ? run(queued) : before.then(() => run(queued))
    const settled = result.then(ignore, ignore)
    const gate = parallel ? Promise.race([isQueued, settled]) : settled
    order.running.add(settled)
    order.gate = gate
    void gate.then(() => {
      if (order.gate === gate) order.gate = null
    })
    void settled.then(() => {
      order.running.delete(settled)
      if (order.running.size > 0 || orders.get(channel) !== order) return
      orders.delete(channel)
      if (orders.size === 0) this.#orders = null
    })
    return result
  }

  /**
   * Replies that may be large, such as snapshots, are made one at a time, when there is room: otherwise many that are
   * asked for at once would all wait in memory for a peer that takes them slowly. Resolves with the end of the turn.
   */
  async largeTurn(): Promise<() => void> {
    let end = ignore
    const before = this.#large
    const mine = new Promise<void>((resolve) => {
      end = resolve
    })
    this.#large = mine
    await before
    // Not until there is some: those who wait for it by a call take it before a promise can.
    await untilRoom(this.outlet)
    return () => {
      if (this.#large === mine) this.#large = null
      end()
    }
  }

  /** A subscribe to a channel replaces the one before. */
  hold(core: Core, channel: string, subscribed: Subscribed): void {
    this.release(core, channel)
    this.subscriptions.set(channel, subscribed)
  }

  release(core: Core, channel: string): void {
    this.subscriptions.get(channel)?.feed.close()
    this.subscriptions.delete(channel)
    this.#leave(core, channel)
  }

  /** This connection makes its user present in the channel, until it is released. */
  bePresentIn(channel: string): void {
    this.#presentIn ??= new Set()
    this.#presentIn.add(channel)
  }

  #leave(core: Core, channel: string): void {
    if (this.#presentIn?.delete(channel) === true && this.caller.user !== null)
      core.presences.leave(channel, this.caller.user, this.connection)
  }

  /** A fresh token of the same user: what it no longer allows ends. */
  async refresh(core: Core, caller: Caller): Promise<void> {
    this.caller = caller
    for (const [channel, { hub, feed }] of [...this.subscriptions]) {
      feed.caller = caller
      const standing = await core.standings.of(channel, caller.user)
      if (!feed.isClosed) judgeFeed(core, hub, feed, standing.member)
    }
  }

  /** The peer has been silent for too long to count as here; it may still come back on this connection. */
  fallSilent(core: Core): readonly string[] {
    const left = [...(this.#presentIn ?? [])]
    for (const channel of left) this.#leave(core, channel)
    return left
  }

  close(core: Core): void {
    this.#closed = true
    for (const channel of [...this.subscriptions.keys()]) this.release(core, channel)
  }
}

interface Order {
  /** Passed when the next `parallel` command may begin; `null`: at once. Never rejects, nor do those that run. */
  gate: Promise<void> | null
  readonly running: Set<Promise<unknown>>
}

function ignore(): void {}
