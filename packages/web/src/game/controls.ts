import { field } from './field.ts'
import type { Controls } from './fly.ts'

/** Where something is, in the arena's units. */
export interface Place {
  x: number
  y: number
}

/** Reads mouse, keys and touch over a canvas. */
export interface Steering {
  /** What the pilot wants now, for a ship that is there. */
  read(ship: Place): Controls
  stop(): void
}

const directions: Record<string, Place> = {
  ArrowUp: { x: 0, y: -1 },
  KeyW: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
  KeyS: { x: 0, y: 1 },
  ArrowLeft: { x: -1, y: 0 },
  KeyA: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  KeyD: { x: 1, y: 0 },
}

/** The heading that keys held together ask for; null for none, or for two that are opposite. */
export function headingOf(keys: Iterable<string>): number | null {
  let x = 0
  let y = 0
  for (const key of keys) {
    x += directions[key]?.x ?? 0
    y += directions[key]?.y ?? 0
  }
  return x === 0 && y === 0 ? null : Math.atan2(y, x)
}

function placeOn(canvas: HTMLCanvasElement, event: PointerEvent): Place {
  const box = canvas.getBoundingClientRect()
  return {
    x: ((event.clientX - box.left) / box.width) * field.width,
    y: ((event.clientY - box.top) / box.height) * field.height,
  }
}

/** Keys fly where they point; the mouse or a finger leads the ship to where it is held. */
export function steer(canvas: HTMLCanvasElement): Steering {
  const keys = new Set<string>()
  let held: Place | null = null
  const stop = new AbortController()
  const { signal } = stop

  const letGo = () => {
    held = null
  }
  canvas.addEventListener(
    'pointerdown',
    (event) => {
      canvas.setPointerCapture(event.pointerId)
      held = placeOn(canvas, event)
    },
    { signal },
  )
  const drag = (event: PointerEvent) => {
    if (held !== null) held = placeOn(canvas, event)
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
    read(ship) {
      if (held !== null) return { heading: Math.atan2(held.y - ship.y, held.x - ship.x), thrust: true }
      const heading = headingOf(keys)
      return { heading, thrust: heading !== null }
    },
    stop: () => stop.abort(),
  }
}
