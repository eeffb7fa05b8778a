import type { Backbone, Bell } from './backbone.ts'
import type { StoredRecord } from './stored-record.ts'

/** The ends of two nodes on one backbone. */
export interface BackbonePair {
  readonly near: Backbone
  readonly far: Backbone
}

/** Pairs that can be cut: the promise resolves when the far end is cut off; what it gives heals that. */
export interface CuttablePair extends BackbonePair {
  cut(): Promise<() => Promise<void>>
}

const patienceMs = 25_000

/** What a node heard, and what it waits for. */
export class Ear {
  readonly bells: Bell[] = []
  readonly #backbone: Backbone
  #doubts = 0
  readonly #watchers = new Set<() => void>()

  constructor(backbone: Backbone) {
    this.#backbone = backbone
    backbone.onBell((bell) => {
      this.bells.push(bell)
      this.#wake()
    })
    backbone.onDoubt(() => {
      this.#doubts++
      this.#wake()
    })
  }

  get doubts(): number {
    return this.#doubts
  }

  #wake(): void {
    for (const watcher of this.#watchers) watcher()
  }

  /** Resolves with the first bell that fits, of the past too. */
  async heard(what: string, fits: (bell: Bell) => boolean): Promise<Bell> {
    let found: Bell | undefined
    let looked = 0
    await this.#until(what, () => {
      while (found === undefined && looked < this.bells.length) {
        const bell = this.bells[looked++]
        if (bell !== undefined && fits(bell)) found = bell
      }
      return found !== undefined
    })
    return found as unknown as Bell
  }

  /** Rings until it is heard here: bells may be lost while a line is being mended. */
  async heardInTheEnd(ringer: Backbone, bell: Bell): Promise<void> {
    const again = setInterval(() => ringer.ring(bell), 100)
    try {
      const text = JSON.stringify(bell)
      await this.heard(text, (one) => one.kind === bell.kind && JSON.stringify(one) === text)
    } finally {
      clearInterval(again)
    }
  }

  doubtsReach(count: number): Promise<void> {
    return this.#until(`${count} doubts`, () => this.#doubts >= count)
  }

  async #until(what: string, isSo: () => boolean): Promise<void> {
    let watcher = () => {}
    let timer: NodeJS.Timeout | undefined
    try {
      await new Promise<void>((resolve, reject) => {
        watcher = () => isSo() && resolve()
        const late = () => reject(new Error(`waited for ${what}; heard ${JSON.stringify(this.bells).slice(0, 2000)}`))
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

export function dropped(channel: string): Bell {
  return { kind: 'dropped', channel }
}

export function isOf(channel: string): (bell: Bell) => boolean {
  return (bell) => bell.kind !== 'revoked' && bell.channel === channel
}

/** A bell with one change per text, the last one a tombstone. */
export function advanced(channel: string, head: number, texts: readonly string[]): Bell & { kind: 'advanced' } {
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
