import { type RefObject, useEffect } from 'react'
import { useSession } from '../session/session-context.ts'
import { Arena } from './arena.ts'
import { drawMap } from './draw-map.ts'
import { type Brush, drawScene } from './draw-scene.ts'
import { fitCanvas } from './fit-canvas.ts'
import type { Controls } from './flight.ts'
import { readScore, saveScore } from './score.ts'
import { steer } from './steering.ts'
import { wholeField } from './view.ts'

export const arenaChannel = 'game:arena'

function coloursOf(element: HTMLElement): Brush['colours'] {
  const style = getComputedStyle(element)
  const read = (name: string) => style.getPropertyValue(`--game-${name}`)
  return {
    ground: read('ground'),
    grid: read('grid'),
    star: read('star'),
    own: read('own'),
    other: read('other'),
    flame: read('flame'),
    text: read('text'),
  }
}

/** Runs the game in a canvas while it is mounted. A pushed stick takes precedence over keys and mouse. */
export function useArena(
  canvas: RefObject<HTMLCanvasElement | null>,
  stick: RefObject<Controls | null>,
  me: string | null,
): void {
  const { client, traffic, profiles } = useSession()
  useEffect(() => {
    const context = canvas.current?.getContext('2d') ?? null
    if (canvas.current === null || context === null || me === null) return
    const collection = client.channel(arenaChannel).collection('entities')
    const view = collection.live({ limit: 500 })
    const steering = steer(canvas.current)
    const arena = new Arena({
      me,
      collection,
      view,
      now: () => performance.now(),
      serverNow: () => Date.now() + traffic.serverClockOffsetMs,
      random: Math.random,
      score: readScore(),
      onScore: saveScore,
    })
    const nameOf = (user: string) => profiles.get(user)?.name ?? user
    const sizes = { zoom: 1, textZoom: 1, pixelsPerUnit: 1, view: wholeField }
    const brush: Brush = { context, colours: coloursOf(canvas.current), nameOf, ...sizes }
    const stopFitting = fitCanvas(canvas.current, brush)
    let scene = arena.frame({ heading: null, thrust: false })
    const draw = () => {
      scene = arena.frame(stick.current ?? steering.read(scene.own, brush.view))
      drawScene(brush, scene)
      if (brush.view.follows) drawMap(brush, scene)
    }
    const stopDrawing = onEachFrame(draw, () => arena.leave())
    return () => {
      stopDrawing()
      steering.stop()
      stopFitting()
      arena.stop()
      view.close()
    }
  }, [canvas, stick, me, client, traffic, profiles])
}

/** Draws while the page is shown, and goes on when it is restored from the back/forward cache. */
function onEachFrame(draw: () => void, onHide: () => void): () => void {
  const run = () => {
    draw()
    frame = requestAnimationFrame(run)
  }
  let frame = requestAnimationFrame(run)
  const stop = new AbortController()
  const { signal } = stop
  const leave = () => {
    cancelAnimationFrame(frame)
    onHide()
  }
  const resume = ({ persisted }: PageTransitionEvent) => {
    if (persisted) frame = requestAnimationFrame(run)
  }
  window.addEventListener('pagehide', leave, { signal })
  window.addEventListener('pageshow', resume, { signal })
  return () => {
    stop.abort()
    cancelAnimationFrame(frame)
  }
}
