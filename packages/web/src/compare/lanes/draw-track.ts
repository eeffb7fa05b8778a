import { lateMs, type Mark } from '../run/lane-meter.ts'

export interface TrackColours {
  line: string
  good: string
  late: string
}

export interface TrackView {
  /** CSS pixels. */
  width: number
  height: number
  /** Device pixels per CSS pixel. */
  scale: number
  colours: TrackColours
}

export const shownSeconds = 10
const inset = 9
const radius = 3.5

/**
 * The last ten seconds of a lane, now at the right edge. Above, a tick where each event was due; below, a dot
 * where it arrived; between them a line: the flatter, the later. The line of an event still expected reaches to now.
 */
export function drawTrack(context: CanvasRenderingContext2D, view: TrackView, marks: readonly Mark[], now: number) {
  const { width, height, scale, colours } = view
  context.setTransform(scale, 0, 0, scale, 0, 0)
  context.clearRect(0, 0, width, height)
  const x = (at: number) => width - radius - ((now - at) / (shownSeconds * 1000)) * (width - radius)
  const top = inset
  const bottom = height - inset
  drawSeconds(context, view, x, now)
  context.lineWidth = 1.5
  for (const { dueAt, deliveredAt } of marks) {
    const endsAt = deliveredAt ?? now
    if (x(endsAt) < -radius) continue
    const colour = endsAt - dueAt > lateMs ? colours.late : colours.good
    context.strokeStyle = colour
    context.beginPath()
    context.moveTo(x(dueAt), top - 4)
    context.lineTo(x(dueAt), top)
    context.lineTo(x(endsAt), deliveredAt === null ? (top + bottom) / 2 : bottom)
    context.stroke()
    if (deliveredAt === null) continue
    context.fillStyle = colour
    context.beginPath()
    context.arc(x(deliveredAt), bottom, radius, 0, 2 * Math.PI)
    context.fill()
  }
}

/** A line for each second, which moves with the events. */
function drawSeconds(context: CanvasRenderingContext2D, view: TrackView, x: (at: number) => number, now: number) {
  context.strokeStyle = view.colours.line
  context.lineWidth = 1
  context.beginPath()
  const newest = Math.floor(now / 1000) * 1000
  for (let at = newest; at > newest - shownSeconds * 1000; at -= 1000) {
    context.moveTo(Math.round(x(at)) + 0.5, 0)
    context.lineTo(Math.round(x(at)) + 0.5, view.height)
  }
  context.stroke()
}
