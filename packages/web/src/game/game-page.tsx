import '../styles/mono.css'
import { useConnection, usePresence } from 'dovetail-client/react'
import { useEffect, useRef } from 'react'
import { useChannelMeter } from '../meter/use-channel-meter.ts'
import { useMe } from '../session/use-me.ts'
import { usePageTitle } from '../ui/use-page-title.ts'
import { field } from './field.ts'
import type { Controls } from './flight.ts'
import styles from './game-page.module.css'
import { TouchStick } from './touch-stick.tsx'
import { arenaChannel, useArena } from './use-arena.ts'

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })

/**
 * game/: how does a ship fly, and who has which star?
 *
 * A small arena to fly in, and how fast the moves of the others arrive.
 */
export function GamePage() {
  usePageTitle('Game')
  const canvas = useRef<HTMLCanvasElement>(null)
  const stick = useRef<Controls | null>(null)
  const me = useMe()
  const { users: present } = usePresence(arenaChannel)
  const { rttMs } = useConnection()
  const { last } = useChannelMeter(arenaChannel)
  useArena(canvas, stick, me)
  useEffect(() => {
    // Focused, so that keys work at once. A touch screen has none, and a focus ring would only distract.
    if (matchMedia('(pointer: fine)').matches) canvas.current?.focus()
  }, [])
  return (
    <div className={styles.page}>
      <h1 className="unseen">Game</h1>
      <dl className={styles.strip}>
        <Figure name="Round trip" value={rttMs === null ? '–' : `${whole.format(rttMs)} ms`} />
        <Figure name="Changes" value={`${whole.format(last.changes)} /s`} />
        <Figure name="Bytes" value={`${whole.format(last.bytes)} /s`} />
        <Figure name="Delay" value={last.delayMs === null ? '–' : `${whole.format(last.delayMs)} ms`} />
        <Figure name="Pilots" value={whole.format(present.length)} />
      </dl>
      <div className={styles.stage}>
        <canvas
          ref={canvas}
          className={styles.field}
          width={field.width}
          height={field.height}
          tabIndex={0}
          aria-label="The arena. Fly with the arrow keys or W, A, S, D."
        />
        <TouchStick controls={stick} />
      </div>
      <p className={styles.how}>
        <span className={styles.mouse}>Hold the mouse where you want to go, or use the arrow keys. </span>
        <span className={styles.touch}>Push the stick, or hold a finger anywhere. </span>
        Gather the stars.
      </p>
    </div>
  )
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}
