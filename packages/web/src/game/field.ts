/** The size of the field in its own units. Every window shows all of it. */
export const field = { width: 1600, height: 900 } as const

/** A position in the field's units. */
export interface Point {
  x: number
  y: number
}

/** A ship as its record describes it. Short names: it is sent twenty times a second. */
export interface ShipState {
  x: number
  y: number
  /** Radians; 0 points right. */
  angle: number
  thrust: boolean
  score: number
}

/** Wraps a coordinate around: what leaves the field on one side enters on the other. */
export function wrap(value: number, size: number): number {
  return ((value % size) + size) % size
}

/** The signed distance from one coordinate to another, the shorter way around, which may cross an edge. */
export function wrappedDistance(from: number, to: number, size: number): number {
  const distance = wrap(to - from, size)
  return distance > size / 2 ? distance - size : distance
}

/**
 * The positions at which to draw something of radius `reach`: its own, and near an edge also the one where the part
 * that leaves the field enters again, so that nobody sees half a ship.
 */
export function imagesOf({ x, y }: Point, reach: number): Point[] {
  const along = (value: number, size: number) => {
    if (value < reach) return [value, value + size]
    return value > size - reach ? [value, value - size] : [value]
  }
  return along(x, field.width).flatMap((x) => along(y, field.height).map((y) => ({ x, y })))
}

/** The nearest position at which something that extends so far in each direction is inside a view of this width. */
export function inside({ x, y }: Point, width: number, reachX: number, reachY: number): Point {
  const within = (value: number, reach: number, size: number) => Math.min(size - reach, Math.max(reach, value))
  return { x: within(x, reachX, width), y: within(y, reachY, field.height) }
}
