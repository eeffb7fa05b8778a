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
