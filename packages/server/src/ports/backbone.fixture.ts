import { type Backbone, channelOf, type Notification } from './backbone.ts'
import type { StoredRecord } from './stored-record.ts'

/** The ends of two nodes on one backbone. */
export interface BackbonePair {
  readonly near: Backbone
  readonly far: Backbone
}

/**
 * A pair whose far end can be disconnected. `cut` resolves when it is disconnected, with the function
 * that reconnects it.
 */
export interface CuttablePair extends BackbonePair {
  cut(): Promise<() => Promise<void>>
}

const patienceMs = 25_000

/** Collects what a node receives, and waits for it. */
export class Subscriber {
  readonly notifications: Notification[] = []
  readonly #backbone: Backbone
  #gaps = 0
  readonly #watchers = new Set<() => void>()

  constructor(backbone: Backbone) {
    this.#backbone = backbone
    backbone.onNotification((notification) => {
      this.notifications.push(notification)
      this.#notifyWatchers()
    })
    backbone.onGap(() => {
      this.#gaps++
      this.#notifyWatchers()
    })
  }

  get gaps(): number {
    return this.#gaps
  }

  #notifyWatchers(): void {
    for (const watcher of this.#watchers) watcher()
  }

  /** Resolves with the first notification that fits, including those received before the call. */
  async received(what: string, fits: (notification: Notification) => boolean): Promise<Notification> {
    let found: Notification | undefined
    let checked = 0
    await this.#until(what, () => {
      while (found === undefined && checked < this.notifications.length) {
        const notification = this.notifications[checked++]
        if (notification !== undefined && fits(notification)) found = notification
      }
      return found !== undefined
    })
    return found as unknown as Notification
  }

  /** Publishes until the notification arrives here: it may be lost while a connection is being replaced. */
  async receivedInTheEnd(publisher: Backbone, notification: Notification): Promise<void> {
    const again = setInterval(() => publisher.publish(notification), 100)
    try {
      const text = JSON.stringify(notification)
      await this.received(text, (one) => one.kind === notification.kind && JSON.stringify(one) === text)
    } finally {
      clearInterval(again)
    }
  }

  gapsReach(count: number): Promise<void> {
    return this.#until(`${count} gaps`, () => this.#gaps >= count)
  }

  async #until(what: string, isSo: () => boolean): Promise<void> {
    let watcher = () => {}
    let timer: NodeJS.Timeout | undefined
    try {
      await new Promise<void>((resolve, reject) => {
        watcher = () => isSo() && resolve()
        const late = () =>
          reject(new Error(`waited for ${what}; received ${JSON.stringify(this.notifications).slice(0, 2000)}`))
        timer = setTimeout(late, patienceMs)
        this.#watchers.add(watcher)
        watcher()
      })
    } finally {
      clearTimeout(timer)
      this.#watchers.delete(watcher)
    }
  }

  listen(channel: string) {
    return this.#backbone.listen(channel)
  }
}

export function dropped(channel: string): Notification {
  return { kind: 'dropped', channel }
}

export function isOf(channel: string): (notification: Notification) => boolean {
  return (notification) => channelOf(notification) === channel
}

/** A notification with one change per text, the last one a tombstone. */
export function advanced(channel: string, head: number, texts: readonly string[]): Notification & { kind: 'advanced' } {
  const changes = texts.map((text, index): StoredRecord => {
    const rev = head - texts.length + 1 + index
    const isLast = index === texts.length - 1 && texts.length > 1
    return {
      collection: 'messages',
      id: `r.${rev}~:@-`,
      pos: rev,
      rev,
      author: index === 0 ? '' : 'ana+b@c.de',
      createdAt: 1_790_000_000_000,
      updatedAt: 1_790_000_000_001,
      deleted: isLast,
      data: isLast ? '' : JSON.stringify({ text }),
    }
  })
  return { kind: 'advanced', channel, epoch: 'e0', head, changes }
}
