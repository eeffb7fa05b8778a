/**
 * The doorbell over Redis: a subscription per channel that is read here, so that traffic follows
 * interest. One connection rings, the other hears: Redis cuts a hearer that is too slow, and
 * the ringer must not go with it.
 */
import { randomUUID } from 'node:crypto'
import type { Backbone, Bell } from '../ports/backbone.ts'
import type { Clock, Stop } from '../ports/clock.ts'
import { type RedisClient, RedisLine } from '../redis/redis-line.ts'
import { decodeBell, encodeBell } from './bell-text.ts'
import { Interest } from './interest.ts'
import { RedisSubscriptions } from './redis-subscriptions.ts'

export interface RedisBackboneOptions {
  readonly clock: Clock
  /** A connection was lost. It is made anew without being asked. */
  readonly report: (error: unknown, doing: string) => void
}

/** Bells that Redis has not taken yet, in characters; more are dropped. */
const maxWaitingChars = 8 * 1024 * 1024
/** A subscription that takes longer is not waited for: a doubt follows once it is there. */
const listenMs = 2000
const probeMs = 4000
const defaultPrefix = 'dovetail'

/** Rejects where Redis can't be reached or does not allow what is needed. */
export async function openRedisBackbone(url: string, options: RedisBackboneOptions): Promise<Backbone> {
  const backbone = new RedisBackbone(url, options)
  try {
    await backbone.open()
    return backbone
  } catch (error) {
    await backbone.close()
    throw error
  }
}

class RedisBackbone implements Backbone {
  readonly #url: string
  readonly #options: RedisBackboneOptions
  readonly #node = randomUUID()
  readonly #names: Names
  readonly #interest: Interest
  readonly #probes = new Map<string, Settle>()
  /** Those who wait for a subscription. They wait no longer when the connection is cut. */
  readonly #listening = new Set<() => void>()
  #ringer: RedisLine | null = null
  #hearer: RedisLine | null = null
  #subscriptions: RedisSubscriptions | null = null
  #wasUp = false
  #isClosed = false
  #waitingChars = 0
  #hear: (bell: Bell) => void = () => {}
  #doubt: () => void = () => {}

  constructor(url: string, options: RedisBackboneOptions) {
    this.#url = url
    this.#options = options
    this.#names = new Names(url, this.#node)
    const changed = (channel: string) => this.#subscriptions?.change(this.#names.of(channel))
    this.#interest = new Interest(changed, changed)
  }

  async open(): Promise<void> {
    const { clock, report } = this.#options
    const line = { url: this.#url, clock }
    this.#hearer = await RedisLine.open({
      ...line,
      prepare: (client) => this.#subscribeAll(client),
      onUp: () => this.#nowHearing(),
      onDown: () => this.#nowDeaf(),
      report: (error) => report(error, 'hearing the other nodes by Redis'),
    })
    this.#ringer = await RedisLine.open({
      ...line,
      prepare: async () => {},
      onUp: () => {},
      onDown: () => {},
      report: (error) => report(error, 'ringing the other nodes by Redis'),
    })
  }

  async #subscribeAll(client: RedisClient): Promise<void> {
    const { all, own } = this.#names
    const interest = this.#interest
    const wanted = {
      names: () => [all, own, ...interest.channels.map((channel) => this.#names.of(channel))],
      has: (name: string) => name === all || name === own || interest.has(this.#names.channelOf(name)),
    }
    const hear = (message: string, name: string) => this.#heard(message, name)
    const failed = (error: Error) => this.#hearer?.giveUp(error)
    const subscriptions = new RedisSubscriptions(client, wanted, hear, failed)
    this.#subscriptions = subscriptions
    try {
      await subscriptions.begin()
    } catch (error) {
      this.#nowDeaf()
      throw error
    }
  }

  #nowHearing(): void {
    if (this.#wasUp) this.#doubt()
    this.#wasUp = true
  }

  #nowDeaf(): void {
    this.#subscriptions = null
    for (const release of [...this.#listening]) release()
    for (const { reject } of [...this.#probes.values()]) reject(new Error('the connection was cut'))
  }

  #heard(message: string, name: string): void {
    if (name === this.#names.own) {
      this.#probes.get(message)?.resolve()
      return
    }
    const rung = decodeBell(message)
    if (rung === null || rung.node === this.#node || !this.#interest.concerns(rung.bell)) return
    try {
      this.#hear(rung.bell)
    } catch (error) {
      this.#options.report(error, `hearing of ${name}`)
    }
  }

  ring(bell: Bell): void {
    const client = this.#ringer?.client ?? null
    if (client === null || this.#waitingChars > maxWaitingChars) return
    const text = encodeBell({ node: this.#node, bell })
    this.#waitingChars += text.length
    const name = bell.kind === 'revoked' ? this.#names.all : this.#names.of(bell.channel)
    const taken = () => {
      this.#waitingChars -= text.length
    }
    client.publish(name, text).then(taken, taken)
  }

  async listen(channel: string): Promise<Stop> {
    if (this.#isClosed) throw new Error('the backbone is closed')
    const stop = this.#interest.add(channel)
    await this.#subscribed(this.#names.of(channel))
    if (this.#isClosed) throw new Error('the backbone is closed')
    return stop
  }

  /** Resolves at once where the connection is down: a doubt follows when it is up. */
  #subscribed(name: string): Promise<void> {
    const subscriptions = this.#subscriptions
    if (subscriptions === null) return Promise.resolve()
    return new Promise((resolve) => {
      let isLate = false
      const release = () => {
        stopWaiting()
        this.#listening.delete(release)
        resolve()
      }
      const stopWaiting = this.#options.clock.after(listenMs, () => {
        isLate = true
        release()
      })
      this.#listening.add(release)
      subscriptions.whenSubscribed(name, () => (isLate ? this.#doubt() : release()))
    })
  }

  onBell(hear: (bell: Bell) => void): void {
    this.#hear = hear
  }

  onDoubt(doubt: () => void): void {
    this.#doubt = doubt
  }

  async probe(): Promise<void> {
    const client = this.#ringer?.client ?? null
    if (client === null || this.#subscriptions === null) throw new Error('there is no connection to Redis')
    const id = randomUUID()
    let stopWaiting: Stop = () => {}
    const heard = new Promise<void>((resolve, reject) => {
      this.#probes.set(id, { resolve, reject })
      stopWaiting = this.#options.clock.after(probeMs, () => reject(new Error(`not heard within ${probeMs} ms`)))
      client.publish(this.#names.own, id).catch(reject)
    })
    await heard.finally(() => {
      stopWaiting()
      this.#probes.delete(id)
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#ringer?.close()
    this.#hearer?.close()
    this.#nowDeaf()
  }
}

interface Settle {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** The names of pub/sub. Databases of one Redis share them, so the number of the database is in the name. */
class Names {
  readonly all: string
  readonly own: string
  readonly #channels: string

  constructor(url: string, node: string) {
    const { pathname, searchParams } = new URL(url)
    const root = `${searchParams.get('prefix') ?? defaultPrefix}:${pathname.slice(1) || '0'}`
    this.all = `${root}:all`
    this.own = `${root}:node:${node}`
    this.#channels = `${root}:channel:`
  }

  of(channel: string): string {
    return this.#channels + channel
  }

  channelOf(name: string): string {
    return name.startsWith(this.#channels) ? name.slice(this.#channels.length) : ''
  }
}
