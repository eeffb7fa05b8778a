import type { Brush } from './draw-scene.ts'
import { field } from './field.ts'
import { viewOf } from './view.ts'

const comfortable = 0.5625 // CSS pixels per unit of the field at which ships are as large as they should be
const mostZoom = 2.4
const nameUnits = 16
const leastNamePx = 12

/** Keeps the canvas at the screen's resolution, and ships and names large enough to see. Returns a function that stops it. */
export function fitCanvas(canvas: HTMLCanvasElement, brush: Brush): () => void {
  const watch = new ResizeObserver(() => {
    const { clientWidth, clientHeight } = canvas
    canvas.width = Math.round(clientWidth * devicePixelRatio)
    canvas.height = Math.round(clientHeight * devicePixelRatio)
    brush.view = viewOf(clientWidth / Math.max(1, clientHeight))
    brush.pixelsPerUnit = Math.max(1, clientHeight) / field.height
    brush.zoom = Math.min(mostZoom, Math.max(1, comfortable / brush.pixelsPerUnit))
    brush.textZoom = Math.max(brush.zoom, leastNamePx / (nameUnits * brush.pixelsPerUnit))
  })
  watch.observe(canvas)
  return () => watch.disconnect()
}
