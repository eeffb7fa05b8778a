import type { Scene } from './arena.ts'
import type { Brush } from './draw-scene.ts'
import { field, type Point } from './field.ts'

const share = 0.3 // of the view's width
const margin = 16
const dot = 2.5 // CSS pixels

/** Where a window shows only a part of the field: all of it, small, with a dot for each ship and star. */
export function drawMap({ context, colours, view, pixelsPerUnit }: Brush, { own, others, stars }: Scene): void {
  const scale = (view.width * share) / field.width
  const radius = dot / pixelsPerUnit
  context.save()
  context.translate(view.width * (1 - share) - margin, margin)
  context.fillStyle = colours.ground
  context.strokeStyle = colours.text
  context.lineWidth = 1 / pixelsPerUnit
  context.beginPath()
  context.rect(0, 0, field.width * scale, field.height * scale)
  context.fill()
  context.stroke()
  const put = ({ x, y }: Point, colour: string, size = radius) => {
    context.fillStyle = colour
    context.beginPath()
    context.arc(x * scale, y * scale, size, 0, 2 * Math.PI)
    context.fill()
  }
  for (const star of stars) put(star, colours.star, radius * 0.7)
  for (const { ship } of others) put(ship, colours.other)
  put(own, colours.own)
  context.restore()
}
