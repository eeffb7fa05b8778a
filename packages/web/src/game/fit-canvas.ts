import type { Brush } from './draw-scene.ts'

const comfortablePx = 900 // a field this wide shows ships and names as large as they should be
const mostZoom = 2.4

/** Keeps the canvas at the screen's resolution, and ships large enough to see. Returns a function that stops it. */
export function fitCanvas(canvas: HTMLCanvasElement, brush: Brush): () => void {
  const watch = new ResizeObserver(() => {
    const { clientWidth, clientHeight } = canvas
    canvas.width = Math.round(clientWidth * devicePixelRatio)
    canvas.height = Math.round(clientHeight * devicePixelRatio)
    brush.zoom = Math.min(mostZoom, Math.max(1, comfortablePx / Math.max(1, clientWidth)))
  })
  watch.observe(canvas)
  return () => watch.disconnect()
}
