import { useEffect, useRef } from 'react'
import type { Mark } from '../run/lane-meter.ts'
import { drawTrack, type TrackView } from './draw-track.ts'
import styles from './lane-track.module.css'

export interface LaneTrackProps {
  /** Called in each animation frame. */
  marks: () => readonly Mark[]
  /** Otherwise the last picture stays. */
  moving: boolean
}

const calmMs = 1000 // for users who prefer reduced motion: one picture a second, no animation

/** A lane's events as they arrive, hidden from screen readers: the figures beside it say the same. */
export function LaneTrack({ marks, moving }: LaneTrackProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d') ?? null
    if (canvas.current === null || context === null || !moving) return
    return repeat(drawerOn(canvas.current, context, marks))
  }, [marks, moving])
  return <canvas ref={canvas} className={styles.track} aria-hidden />
}

function drawerOn(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, marks: () => readonly Mark[]) {
  return () => {
    const { clientWidth: width, clientHeight: height } = canvas
    const scale = devicePixelRatio
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale)
      canvas.height = Math.round(height * scale)
    }
    drawTrack(context, { width, height, scale, colours: coloursOf(canvas) }, marks(), performance.now())
  }
}

/** Read for each picture, since the theme may change. */
function coloursOf(canvas: HTMLCanvasElement): TrackView['colours'] {
  const style = getComputedStyle(canvas)
  const read = (name: string) => style.getPropertyValue(name)
  return { line: read('--line'), good: read('--accent-text'), late: read('--waiting-text') }
}

/** Draws in each animation frame, or once a second for reduced motion. */
function repeat(draw: () => void): () => void {
  draw()
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
    const timer = setInterval(draw, calmMs)
    return () => clearInterval(timer)
  }
  let frame = requestAnimationFrame(function next() {
    draw()
    frame = requestAnimationFrame(next)
  })
  return () => cancelAnimationFrame(frame)
}
