import { field, type ShipState, wrap, wrappedDistance } from './field.ts'

interface Seen {
  at: number
  ship: ShipState
}

const kept = 6

/** The known positions of another ship, and where to draw it between two of them. Times are ms of one clock. */
export class ShipTrack {
  #seen: Seen[] = []

  see(ship: ShipState, at: number): void {
    this.#seen = [...this.#seen.slice(1 - kept), { at, ship }]
  }

  get seenAt(): number {
    return this.#seen.at(-1)?.at ?? Number.NEGATIVE_INFINITY
  }

  /** Null before the first position. After the last one the ship stays there: an extrapolation might have to be undone. */
  at(time: number): ShipState | null {
    const after = this.#seen.findIndex(({ at }) => at > time)
    const last = this.#seen.at(-1)
    if (after === -1) return last?.ship ?? null
    const to = this.#seen[after]
    const from = this.#seen[after - 1]
    if (to === undefined || from === undefined) return to?.ship ?? null
    return between(from.ship, to.ship, (time - from.at) / (to.at - from.at))
  }
}

function between(from: ShipState, to: ShipState, share: number): ShipState {
  return {
    ...to,
    x: wrap(from.x + wrappedDistance(from.x, to.x, field.width) * share, field.width),
    y: wrap(from.y + wrappedDistance(from.y, to.y, field.height) * share, field.height),
    angle: wrap(from.angle + wrappedDistance(from.angle, to.angle, 2 * Math.PI) * share, 2 * Math.PI),
  }
}
