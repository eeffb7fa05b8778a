import { field, type ShipState, wrap, wrappedDistance } from './field.ts'

export interface Flight extends ShipState {
  /** Units a second. */
  vx: number
  vy: number
}

/** The pilot's input: a heading in radians, null to keep the current one, and whether to thrust. */
export interface Controls {
  heading: number | null
  thrust: boolean
}

const acceleration = 620
const topSpeed = 520
const dragPerSecond = 0.55 // the share of the speed left after a second without thrust
const turnPerSecond = 9

/** Advances a flight by some time. */
export function fly(flight: Flight, { heading, thrust }: Controls, seconds: number): Flight {
  const turn = heading === null ? 0 : wrappedDistance(flight.angle, heading, 2 * Math.PI)
  const most = turnPerSecond * seconds
  const angle = wrap(flight.angle + Math.max(-most, Math.min(most, turn)), 2 * Math.PI)
  const push = thrust ? acceleration * seconds : 0
  const drag = dragPerSecond ** seconds
  const vx = flight.vx * drag + Math.cos(angle) * push
  const vy = flight.vy * drag + Math.sin(angle) * push
  const slower = Math.min(1, topSpeed / Math.max(1, Math.hypot(vx, vy)))
  return {
    ...flight,
    angle,
    thrust,
    vx: vx * slower,
    vy: vy * slower,
    x: wrap(flight.x + vx * slower * seconds, field.width),
    y: wrap(flight.y + vy * slower * seconds, field.height),
  }
}
