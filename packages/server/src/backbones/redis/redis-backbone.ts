/**
 * Notifications over Redis: one subscription per channel that this node listens to, so that traffic
 * follows interest. One connection publishes and another one subscribes: Redis closes a subscriber that
 * is too slow, and the publisher must not be closed with it.
 */
import { randomUUID } from 'node:crypto'
import { type Backbone, channelOf, type Notification } from '../../ports/backbone.ts'
import type { Clock, Stop } from '../../ports/clock.ts'
import { type RedisClient, RedisLine } from '../../redis/redis-line.ts'
import { Interest } from '../shared/interest.ts'
import { decodeNotification, encodeNotification } from '../shared/notification-text.ts'
import { RedisSubscriptions } from './redis-subscriptions.ts'

export interface RedisBackboneOptions {
  readonly clock: Clock
  /** Called when a connection was lost. The backbone reconnects by itself. */
  readonly report: (error: unknown, doing: string) => void
}

/** The limit of notifications that Redis has not accepted yet, in characters; more are dropped. */
const maxWaitingChars = 8 * 1024 * 1024
/** A subscription that takes longer is not awaited: `onGap` is called once it exists. */
const listenMs = 2000
const probeMs = 4000
const defaultPrefix = 'dovetail'

/** Rejects where Redis can't be reached or does not allow the commands that are needed. */
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
  /** Calls of `listen` that wait for a subscription. They stop waiting when the connection is cut. */
  readonly #listening = new Set<() => void>()
  #publisher: RedisLine | null = null
  #subscriber: RedisLine | null = null
  #subscriptions: RedisSubscriptions | null = null
  #wasUp = false
  #isClosed = false
  #waitingChars = 0
  #onNotification: (notification: Notification) => void = () => {}
  #onGap: () => void = () => {}

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
    this.#subscriber = await RedisLine.open({
      ...line,
      prepare: (client) => this.#subscribeAll(client),
      onUp: () => this.#reconnected(),
      onDown: () => this.#disconnected(),
      report: (error) => report(error, 'subscribing to other nodes by Redis'),
    })
    this.#publisher = await RedisLine.open({
      ...line,
      prepare: async () => {},
      onUp: () => {},
      onDown: () => {},
      report: (error) => report(error, 'publishing to other nodes by Redis'),
    })
  }

  async #subscribeAll(client: RedisClient): Promise<void> {
    const { all, own } = this.#names
    const interest = this.#interest
    const wanted = {
      names: () => [all, own, ...interest.channels.map((channel) => this.#names.of(channel))],
      has: (name: string) => name === all || name === own || interest.has(this.#names.channelOf(name)),
    }
    const onMessage = (message: string, name: string) => this.#receive(message, name)
    const failed = (error: Error) => this.#subscriber?.giveUp(error)
    const subscriptions = new RedisSubscriptions(client, wanted, onMessage, failed)
    this.#subscriptions = subscriptions
    try {
      await subscriptions.begin()
    } catch (error) {
      this.#disconnected()
      throw error
    }
  }

  #reconnected(): void {
    if (this.#wasUp) this.#onGap()
    this.#wasUp = true
  }

  #disconnected(): void {
    this.#subscriptions = null
    for (const release of [...this.#listening]) release()
    for (const { reject } of [...this.#probes.values()]) reject(new Error('the connection was cut'))
  }

  #receive(message: string, name: string): void {
    if (name === this.#names.own) {
      this.#probes.get(message)?.resolve()
      return
    }
    const received = decodeNotification(message)
    if (received === null || received.node === this.#node || !this.#interest.concerns(received.notification)) return
    try {
      this.#onNotification(received.notification)
    } catch (error) {
      this.#options.report(error, `handling a notification of ${name}`)
    }
  }

  publish(notification: Notification): void {
    const client = this.#publisher?.client ?? null
    if (client === null || this.#waitingChars > maxWaitingChars) return
    const text = encodeNotification({ node: this.#node, notification })
    this.#waitingChars += text.length
    const channel = channelOf(notification)
    const name = channel === null ? this.#names.all : this.#names.of(channel)
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

  /** Resolves at once where there is no connection: `onGap` is called after the reconnect. */
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
      subscriptions.whenSubscribed(name, () => (isLate ? this.#onGap() : release()))
    })
  }

  onNotification(listener: (notification: Notification) => void): void {
    this.#onNotification = listener
  }

  onGap(listener: () => void): void {
    this.#onGap = listener
  }

  async probe(): Promise<void> {
    const client = this.#publisher?.client ?? null
    if (client === null || this.#subscriptions === null) throw new Error('there is no connection to Redis')
    const id = randomUUID()
    let stopWaiting: Stop = () => {}
    const answered = new Promise<void>((resolve, reject) => {
      this.#probes.set(id, { resolve, reject })
      stopWaiting = this.#options.clock.after(probeMs, () => reject(new Error(`no answer within ${probeMs} ms`)))
      client.publish(this.#names.own, id).catch(reject)
    })
    await answered.finally(() => {
      stopWaiting()
      this.#probes.delete(id)
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#publisher?.close()
    this.#subscriber?.close()
    this.#disconnected()
  }
}

interface Settle {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** The names of pub/sub. All databases of one Redis share them, so a name includes the database's number. */
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
