import { useEffect, useRef } from 'react'
import { drawTrack, type TrackView } from './draw-track.ts'
import type { Mark } from './lane-meter.ts'
import styles from './lane-track.module.css'

export interface LaneTrackProps {
  /** Read frame by frame. */
  marks: () => readonly Mark[]
  /** Stands still otherwise, at its last frame. */
  moving: boolean
}

const calmMs = 1000 // for who asked for less motion: a new picture once a second, nothing that glides

/** A lane's events as they come. What it shows is told in figures beside it. */
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

/** Read each time: the theme may be switched while the lane moves. */
function coloursOf(canvas: HTMLCanvasElement): TrackView['colours'] {
  const style = getComputedStyle(canvas)
  const read = (name: string) => style.getPropertyValue(name)
  return { line: read('--line'), good: read('--accent-text'), late: read('--waiting-text') }
}

/** With the screen, or calmly; both rest while the page is hidden. */
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
