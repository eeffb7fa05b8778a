import type { Collection, LiveView } from 'dovetail-client'
import type { EntityData } from '../session/data-types.ts'
import { field, type ShipState } from './field.ts'
import { type Controls, type Flight, fly } from './flight.ts'
import { ShipTrack } from './ship-track.ts'
import { type Star, starsAt, touches } from './stars.ts'

export interface ArenaOptions {
  me: string
  collection: Pick<Collection<EntityData>, 'replace' | 'delete'>
  view: Pick<LiveView<EntityData>, 'getSnapshot' | 'subscribe'>
  /** Milliseconds of a monotonic clock. */
  now: () => number
  /** Milliseconds since 1970, by the server's clock. */
  serverNow: () => number
  /** 0 ≤ n < 1; chooses the starting position. */
  random: () => number
  /** The score from earlier games. */
  score: number
  onScore: (score: number) => void
}

/** What to draw at one moment. */
export interface Scene {
  own: Flight
  others: { user: string; ship: ShipState }[]
  stars: Star[]
}

const tickMs = 50
const lateMs = 100 // others are drawn two ticks late, so that there is a known position before and after
const silentMs = 5000 // a ship without an update for this long has left without saying so
const idleMs = 1000 // a ship that does not move is sent once a second
const claimMs = 15_000 // longer than a star lives
const inFlight = 3 // unacknowledged moves; on a slower network, moves are skipped instead of queued

/** The arena of one window: flies the own ship, sends its state 20 times a second, and follows the others. */
export class Arena {
  readonly #options: ArenaOptions
  readonly #tracks = new Map<string, { rev: number; track: ShipTrack }>()
  readonly #claimed = new Set<string>()
  /** The own claims, to be deleted when their stars are gone. */
  #claims: { id: string; at: number }[] = []
  readonly #stop: () => void
  #own: Flight
  #flownAt: number
  #sentAt = Number.NEGATIVE_INFINITY
  #sent: Flight | null = null
  #underWay = 0
  /** Differs in each write: a write that changes nothing reaches nobody. */
  #beat = 0

  constructor(options: ArenaOptions) {
    this.#options = options
    const { now, random, view, score } = options
    const position = { x: random() * field.width, y: random() * field.height, angle: random() * 2 * Math.PI }
    this.#own = { ...position, vx: 0, vy: 0, thrust: false, score }
    this.#flownAt = now()
    this.#stop = view.subscribe(() => this.#onRecords())
    this.#onRecords()
  }

  /** Advances to this moment and returns what to draw. */
  frame(controls: Controls): Scene {
    const now = this.#options.now()
    this.#own = fly(this.#own, controls, Math.min(0.1, (now - this.#flownAt) / 1000))
    this.#flownAt = now
    const stars = starsAt(this.#options.serverNow()).filter(({ id }) => !this.#claimed.has(id))
    for (const star of stars) if (touches(star, this.#own)) this.#claim(star)
    if (now - this.#sentAt >= tickMs) this.#sendShip(now)
    this.#tidy((claim) => now - claim.at > claimMs)
    return { own: this.#own, others: this.#others(now), stars }
  }

  /** Ends the game of this window. */
  stop(): void {
    this.#stop()
    this.leave()
  }

  /** Removes the ship for the others, until the next frame. */
  leave(): void {
    this.#sent = null
    // If the deletion is lost, the others stop drawing the ship after 5 s.
    this.#options.collection.delete(this.#options.me, { keep: false }).catch(() => undefined)
    this.#tidy(() => true)
  }

  #others(now: number): Scene['others'] {
    return [...this.#tracks].flatMap(([user, { track }]) => {
      const ship = now - track.seenAt > silentMs ? null : track.at(now - lateMs)
      return ship === null ? [] : [{ user, ship }]
    })
  }

  #onRecords(): void {
    const now = this.#options.now()
    const here = new Set<string>()
    for (const { record } of this.#options.view.getSnapshot().records) {
      if (record === null) continue
      if (record.data.kind === 'star') this.#claimed.add(record.id)
      else if (record.author !== this.#options.me) here.add(this.#see(record, now))
    }
    for (const user of this.#tracks.keys()) if (!here.has(user)) this.#tracks.delete(user)
  }

  #see({ author, rev, data }: { author: string; rev: number; data: EntityData }, now: number): string {
    const known = this.#tracks.get(author) ?? { rev: 0, track: new ShipTrack() }
    this.#tracks.set(author, known)
    if (known.rev !== rev) known.track.see(data as unknown as ShipState, now)
    known.rev = rev
    return author
  }

  #sendShip(now: number): void {
    const { x, y, angle, thrust, score } = this.#own
    const moved =
      this.#sent === null || Math.hypot(x - this.#sent.x, y - this.#sent.y) > 0.5 || angle !== this.#sent.angle
    const changed = moved || thrust !== this.#sent?.thrust || score !== this.#sent.score
    if ((!changed && now - this.#sentAt < idleMs) || this.#underWay >= inFlight) return
    this.#sentAt = now
    this.#sent = this.#own
    this.#underWay++
    this.#beat = 1 - this.#beat
    const position = { x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10, angle: Math.round(angle * 1000) / 1000 }
    this.#options.collection
      .replace(this.#options.me, { kind: 'ship', ...position, thrust, score, beat: this.#beat }, { keep: false })
      .catch(() => undefined)
      .finally(() => {
        this.#underWay--
      })
  }

  /** Two ships may touch a star at once: the server takes the first record of its id and refuses the second. */
  #claim({ id }: Star): void {
    this.#claimed.add(id)
    const { collection, me } = this.#options
    collection.replace(id, { kind: 'star', by: me }, { ifRev: 0, keep: false }).then(
      () => {
        this.#claims.push({ id, at: this.#options.now() })
        this.#own = { ...this.#own, score: this.#own.score + 1 }
        this.#options.onScore(this.#own.score)
      },
      // Another ship was first.
      () => undefined,
    )
  }

  #tidy(isOver: (claim: { at: number }) => boolean): void {
    const over = this.#claims.filter(isOver)
    if (over.length === 0) return
    this.#claims = this.#claims.filter((claim) => !over.includes(claim))
    for (const { id } of over) this.#options.collection.delete(id, { keep: false }).catch(() => undefined)
  }
}
