import type { Point } from './field.ts'
import type { Controls } from './flight.ts'

const restShare = 0.2 // a resting thumb is never exactly in the middle

/** The input of a stick pushed this far from its middle, in pixels; null while it rests. */
export function stickControls({ x, y }: Point, radius: number): Controls | null {
  if (Math.hypot(x, y) < radius * restShare) return null
  return { heading: Math.atan2(y, x), thrust: true }
}

/** Where to draw the knob: under the thumb, but never outside the stick. */
export function knobPosition({ x, y }: Point, radius: number): Point {
  const far = Math.hypot(x, y)
  const share = far > radius ? radius / far : 1
  return { x: x * share, y: y * share }
}
