import { type PointerEvent, type RefObject, useRef } from 'react'
import type { Point } from './field.ts'
import type { Controls } from './flight.ts'
import { knobPosition, stickControls } from './stick.ts'
import styles from './touch-stick.module.css'

/** A stick for a thumb, shown on touch screens: writes the input into `controls`, null while it rests. */
export function TouchStick({ controls }: { controls: RefObject<Controls | null> }) {
  const knob = useRef<HTMLDivElement>(null)
  const push = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    const box = event.currentTarget.getBoundingClientRect()
    const radius = box.width / 2
    const off = { x: event.clientX - box.left - radius, y: event.clientY - box.top - radius }
    controls.current = stickControls(off, radius)
    show(knobPosition(off, radius))
  }
  const letGo = () => {
    controls.current = null
    show({ x: 0, y: 0 })
  }
  // Directly on the element: a render for each move of the thumb would cost animation frames.
  const show = ({ x, y }: Point) => {
    if (knob.current !== null) knob.current.style.translate = `${x}px ${y}px`
  }
  return (
    <div
      className={styles.stick}
      data-stick=""
      // Only a finger can push it; keys are read by the field.
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
