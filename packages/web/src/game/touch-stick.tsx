import { type PointerEvent, type RefObject, useRef } from 'react'
import type { Place } from './controls.ts'
import type { Controls } from './fly.ts'
import { knobPlace, stickControls } from './stick.ts'
import styles from './touch-stick.module.css'

/** A stick for a thumb, shown on touch screens: it writes what the pilot wants into `controls`, null while it rests. */
export function TouchStick({ controls }: { controls: RefObject<Controls | null> }) {
  const knob = useRef<HTMLDivElement>(null)
  const push = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    const box = event.currentTarget.getBoundingClientRect()
    const radius = box.width / 2
    const off = { x: event.clientX - box.left - radius, y: event.clientY - box.top - radius }
    controls.current = stickControls(off, radius)
    show(knobPlace(off, radius))
  }
  const letGo = () => {
    controls.current = null
    show({ x: 0, y: 0 })
  }
  // Straight to the element: a render for each move of a thumb would cost frames of the game.
  const show = ({ x, y }: Place) => {
    if (knob.current !== null) knob.current.style.translate = `${x}px ${y}px`
  }
  return (
    <div
      className={styles.stick}
      data-stick=""
      // It can only be pushed by a finger; keys fly by the field itself.
      aria-hidden
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        push(event)
      }}
      onPointerMove={push}
      onLostPointerCapture={letGo}
    >
      <div ref={knob} className={styles.knob} />
    </div>
  )
}
