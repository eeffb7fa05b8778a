import type { Collection, LiveView } from '@dovetail/client'
import type { EntityData } from '../session/data-types.ts'
import { field, type ShipState } from './field.ts'
import { type Controls, type Flight, fly } from './fly.ts'
import { ShipTrack } from './ship-track.ts'
import { type Star, starsAt, touches } from './stars.ts'

export interface ArenaOptions {
  me: string
  collection: Pick<Collection<EntityData>, 'replace' | 'delete'>
  view: Pick<LiveView<EntityData>, 'getSnapshot' | 'subscribe'>
  /** Milliseconds of a clock that only goes forward. */
  now: () => number
  /** Milliseconds since 1970, by the server's clock. */
  serverNow: () => number
  /** From 0 to 1: where one begins. */
  random: () => number
  /** What one has from earlier. */
  score: number
  onScore: (score: number) => void
}

/** What is to be drawn at one moment. */
export interface Scene {
  own: Flight
  others: { user: string; ship: ShipState }[]
  stars: Star[]
}

const tickMs = 50
const lateMs = 100 // others are drawn where they were two ticks ago, so that there is a sighting on both sides
const silentMs = 5000 // a ship that no longer tells where it is has left without a word
const idleMs = 1000 // one that stands still says so once a second
const claimMs = 15_000 // longer than a star lives
const inFlight = 3 // moves under way; where the network is slower, moves are left out rather than queued

/** The arena of one window: flies one's own ship, tells of it 20 times a second, and follows the others. */
export class Arena {
  readonly #options: ArenaOptions
  readonly #tracks = new Map<string, { rev: number; track: ShipTrack }>()
  readonly #claimed = new Set<string>()
  /** One's own claims, to be taken away when their stars are gone. */
  #claims: { id: string; at: number }[] = []
  readonly #stop: () => void
  #own: Flight
  #flownAt: number
  #toldAt = Number.NEGATIVE_INFINITY
  #told: Flight | null = null
  #underWay = 0
  /** Changes with each word of a ship: one that says the same as before would be no change, and heard by nobody. */
  #beat = 0

  constructor(options: ArenaOptions) {
    this.#options = options
    const { now, random, view, score } = options
    const place = { x: random() * field.width, y: random() * field.height, angle: random() * 2 * Math.PI }
    this.#own = { ...place, vx: 0, vy: 0, thrust: false, score }
    this.#flownAt = now()
    this.#stop = view.subscribe(() => this.#heard())
    this.#heard()
  }

  /** Flies on to this moment and says what to draw. */
  frame(controls: Controls): Scene {
    const now = this.#options.now()
    this.#own = fly(this.#own, controls, Math.min(0.1, (now - this.#flownAt) / 1000))
    this.#flownAt = now
    const stars = starsAt(this.#options.serverNow()).filter(({ id }) => !this.#claimed.has(id))
    for (const star of stars) if (touches(star, this.#own)) this.#claim(star)
    if (now - this.#toldAt >= tickMs) this.#tell(now)
    this.#tidy((claim) => now - claim.at > claimMs)
    return { own: this.#own, others: this.#others(now), stars }
  }

  /** Nothing is drawn any more. */
  stop(): void {
    this.#stop()
    this.leave()
  }

  /** The others no longer see the ship, until there is a next frame. */
  leave(): void {
    this.#told = null
    // Who is not heard of for 5 s is not drawn, so a farewell that is lost costs no more than that.
    this.#options.collection.delete(this.#options.me).catch(() => undefined)
    this.#tidy(() => true)
  }

  #others(now: number): Scene['others'] {
    return [...this.#tracks].flatMap(([user, { track }]) => {
      const ship = now - track.seenAt > silentMs ? null : track.at(now - lateMs)
      return ship === null ? [] : [{ user, ship }]
    })
  }

  #heard(): void {
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

  #tell(now: number): void {
    const { x, y, angle, thrust, score } = this.#own
    const moved =
      this.#told === null || Math.hypot(x - this.#told.x, y - this.#told.y) > 0.5 || angle !== this.#told.angle
    const changed = moved || thrust !== this.#told?.thrust || score !== this.#told.score
    if ((!changed && now - this.#toldAt < idleMs) || this.#underWay >= inFlight) return
    this.#toldAt = now
    this.#told = this.#own
    this.#underWay++
    this.#beat = 1 - this.#beat
    const place = { x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10, angle: Math.round(angle * 1000) / 1000 }
    this.#options.collection
      .replace(this.#options.me, { kind: 'ship', ...place, thrust, score, beat: this.#beat })
      .catch(() => undefined)
      .finally(() => {
        this.#underWay--
      })
  }

  /** Two may touch a star at once: the server takes the first record of its id, and the other hears that it exists. */
  #claim({ id }: Star): void {
    this.#claimed.add(id)
    const { collection, me } = this.#options
    collection.replace(id, { kind: 'star', by: me }, { ifRev: 0 }).then(
      () => {
        this.#claims.push({ id, at: this.#options.now() })
        this.#own = { ...this.#own, score: this.#own.score + 1 }
        this.#options.onScore(this.#own.score)
      },
      // Another was there first.
      () => undefined,
    )
  }

  #tidy(isOver: (claim: { at: number }) => boolean): void {
    const over = this.#claims.filter(isOver)
    if (over.length === 0) return
    this.#claims = this.#claims.filter((claim) => !over.includes(claim))
    for (const { id } of over) this.#options.collection.delete(id).catch(() => undefined)
  }
}
