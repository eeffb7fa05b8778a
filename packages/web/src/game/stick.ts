import type { Place } from './controls.ts'
import type { Controls } from './fly.ts'

const restShare = 0.2 // a thumb that lies still is never quite in the middle

/** What a stick says that is pushed so far off its middle, in pixels; null where it rests. */
export function stickControls({ x, y }: Place, radius: number): Controls | null {
  if (Math.hypot(x, y) < radius * restShare) return null
  return { heading: Math.atan2(y, x), thrust: true }
}

/** Where the knob is drawn: under the thumb, but never outside of the stick. */
export function knobPlace({ x, y }: Place, radius: number): Place {
  const far = Math.hypot(x, y)
  const share = far > radius ? radius / far : 1
  return { x: x * share, y: y * share }
}
