/** The arena's measures, in its own units: every window shows all of it. */
export const field = { width: 1600, height: 900 } as const

/** A ship as its record tells of it. Short names: it is sent twenty times a second. */
export interface ShipState {
  x: number
  y: number
  /** Radians, 0 to the right. */
  angle: number
  thrust: boolean
  score: number
}

/** What leaves one side comes in on the other. */
export function wrap(value: number, size: number): number {
  return ((value % size) + size) % size
}

/** From one place to another the short way, which may lead over an edge. */
export function shortWay(from: number, to: number, size: number): number {
  const way = wrap(to - from, size)
  return way > size / 2 ? way - size : way
}

/**
 * Where something is to be drawn that reaches `reach` around its place: at its place, and at an edge also
 * where the part that leaves comes in again, so that nobody sees half a ship.
 */
export function imagesOf({ x, y }: { x: number; y: number }, reach: number): { x: number; y: number }[] {
  const along = (value: number, size: number) => {
    if (value < reach) return [value, value + size]
    return value > size - reach ? [value, value - size] : [value]
  }
  return along(x, field.width).flatMap((x) => along(y, field.height).map((y) => ({ x, y })))
}

/** A place nearer to the middle, so that what reaches so far from it is inside the field. */
export function inside({ x, y }: { x: number; y: number }, reachX: number, reachY: number): { x: number; y: number } {
  const within = (value: number, reach: number, size: number) => Math.min(size - reach, Math.max(reach, value))
  return { x: within(x, reachX, field.width), y: within(y, reachY, field.height) }
}
