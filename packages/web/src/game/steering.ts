import type { Point } from './field.ts'
import type { Controls } from './flight.ts'
import { fieldPoint, type View } from './view.ts'

/** Reads keys, mouse and touch on a canvas. */
export interface Steering {
  /** The pilot's input now, for a ship at this position in this view. */
  read(ship: Point, view: View): Controls
  stop(): void
}

const directions: Record<string, Point> = {
  ArrowUp: { x: 0, y: -1 },
  KeyW: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
  KeyS: { x: 0, y: 1 },
  ArrowLeft: { x: -1, y: 0 },
  KeyA: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  KeyD: { x: 1, y: 0 },
}

/** The heading of the keys held together; null for none, or for two opposite ones. */
export function headingOf(keys: Iterable<string>): number | null {
  let x = 0
  let y = 0
  for (const key of keys) {
    x += directions[key]?.x ?? 0
    y += directions[key]?.y ?? 0
  }
  return x === 0 && y === 0 ? null : Math.atan2(y, x)
}

/** In shares of the canvas: what is under a finger that rests changes while the view follows the ship. */
function pointOn(canvas: HTMLCanvasElement, event: PointerEvent): Point {
  const box = canvas.getBoundingClientRect()
  return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height }
}

/** Keys fly in their direction; the ship flies to where the mouse or a finger is held. */
export function steer(canvas: HTMLCanvasElement): Steering {
  const keys = new Set<string>()
  let held: Point | null = null
  const stop = new AbortController()
  const { signal } = stop

  const letGo = () => {
    held = null
  }
  canvas.addEventListener(
    'pointerdown',
    (event) => {
      canvas.setPointerCapture(event.pointerId)
      held = pointOn(canvas, event)
    },
    { signal },
  )
  const drag = (event: PointerEvent) => {
    if (held !== null) held = pointOn(canvas, event)
  }
  canvas.addEventListener('pointermove', drag, { signal })
  canvas.addEventListener('pointerup', letGo, { signal })
  canvas.addEventListener('pointercancel', letGo, { signal })
  canvas.addEventListener(
    'keydown',
    (event) => {
      if (directions[event.code] === undefined) return
      event.preventDefault()
      keys.add(event.code)
    },
    { signal },
  )
  canvas.addEventListener('keyup', (event) => keys.delete(event.code), { signal })
  canvas.addEventListener('blur', () => keys.clear(), { signal })

  return {
    read(ship, view) {
      if (held !== null) {
        const goal = fieldPoint(view, held, ship.x)
        return { heading: Math.atan2(goal.y - ship.y, goal.x - ship.x), thrust: true }
      }
      const heading = headingOf(keys)
      return { heading, thrust: heading !== null }
    },
    stop: () => stop.abort(),
  }
}
