/**
 * The budget of each caller, from which every request and command takes its price. A user has one budget, whatever
 * transports and connections it uses. Callers without a token share the budget of their address; a WebSocket of such a
 * caller has a budget of its own besides, so that it can not use up all of the address. Services have no budget.
 */
import type { Limits } from 'dovetail-protocol'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../ports/clock.ts'
import { RateLimit, requireNoWait } from './rate-limit.ts'

/** Who pays. `address` is called only where the caller has no user. */
export interface Payer {
  readonly caller: { readonly user: string | null; readonly role: string }
  readonly address: () => string
  /** The WebSocket on which the command came; absent: it came over HTTP. */
  readonly connection?: string
}

const mebibyte = 1_048_576
/** For how long it is known of a user that it did not slow down, in ms; and of how many users. */
const floodMs = 60_000
/** The refusals on sockets from which on a user, or a connection without one, is flooding; they are forgotten in `floodMs`. */
const floodRefusals = 1000
const rememberedFloods = 10_000
const refusal = 'Too many commands at once.'

/** What is left to a payer, and of how much. */
export interface BudgetState {
  readonly tokens: number
  readonly of: 'user' | 'address'
  readonly burst: number
  readonly perSecond: number
}

export class Budgets {
  readonly #users: RateLimit
  readonly #connections: RateLimit
  readonly #addresses: RateLimit
  readonly #clock: Clock
  /** When a connection of each user was last closed because it did not slow down, in monotonic ms. */
  readonly #floods = new LRUCache<string, number>({ max: rememberedFloods })
  readonly #refusals: RateLimit
  readonly #recordsCost: number
  readonly #uploadCost: number

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock
    this.#users = new RateLimit(clock, limits.commands, limits.commandsBurst)
    this.#connections = new RateLimit(clock, limits.commands, limits.commandsBurst)
    this.#addresses = new RateLimit(clock, limits.addressCommands, limits.addressCommandsBurst)
    this.#refusals = new RateLimit(clock, (floodRefusals * 1000) / floodMs, floodRefusals)
    this.#recordsCost = limits.recordsCost
    this.#uploadCost = limits.uploadCost
  }

  /** Takes the price of what was asked for, in commands; throws `rate_limited` where too little is left. */
  take({ caller, address, connection }: Payer, price: number): void {
    if (caller.role === 'service') return
    if (caller.user !== null) requireNoWait(this.#users.take(caller.user, price), refusal)
    else {
      if (connection !== undefined) requireNoWait(this.#connections.take(connection, price), refusal)
      requireNoWait(this.#addresses.take(address(), price), refusal)
    }
  }

  /** Takes the price of records that were read. It is known afterwards only, so later requests wait for it. */
  chargeRecords(payer: Payer, records: number): void {
    this.#owe(payer, (records / 1000) * this.#recordsCost)
  }

  /** Takes the price of a file, by its size. As the price of records, it may be more than a budget holds. */
  chargeUpload(payer: Payer, bytes: number): void {
    this.#owe(payer, (bytes / mebibyte) * this.#uploadCost)
  }

  #owe({ caller, address, connection }: Payer, price: number): void {
    if (caller.role === 'service' || price === 0) return
    if (caller.user !== null) this.#users.owe(caller.user, price)
    else {
      if (connection !== undefined) this.#connections.owe(connection, price)
      this.#addresses.owe(address(), price)
    }
  }

  /** The caller did not slow down, and its connection is closed: a new one begins with less patience. */
  noteFlood({ caller }: Payer): void {
    if (caller.user !== null) this.#floods.set(caller.user, this.#clock.monotonic())
  }

  /**
   * Counts a refusal on a socket, and says whether these are too many: of a user on all of its sockets. Callers without
   * a token may be many behind one address, so none pays for the others.
   */
  isFlood({ caller, connection }: Payer): boolean {
    const tooMany = this.#refusals.take(caller.user ?? ` ${connection}`) > 0
    return tooMany || (caller.user !== null && this.#hasFlooded(caller.user))
  }

  #hasFlooded(user: string): boolean {
    const at = this.#floods.get(user)
    return at !== undefined && this.#clock.monotonic() - at < floodMs
  }

  /** `null`: this caller has no budget. */
  stateOf({ caller, address }: Payer): BudgetState | null {
    if (caller.role === 'service') return null
    const [of, limit, key] =
      caller.user === null
        ? (['address', this.#addresses, address()] as const)
        : (['user', this.#users, caller.user] as const)
    return { of, burst: limit.burst, perSecond: limit.perSecond, tokens: limit.remaining(key) }
  }
}
