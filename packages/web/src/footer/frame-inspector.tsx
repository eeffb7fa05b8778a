import '../styles/mono.css'
import { X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { SeenFrame } from '../session/traffic.ts'
import { IconButton } from '../ui/icon-button.tsx'
import styles from './frame-inspector.module.css'
import { FrameRow } from './frame-row.tsx'

export interface FrameInspectorProps {
  /** The last 50, oldest first. */
  frames: readonly SeenFrame[]
  onClose: () => void
}

/** The protocol at work: the frames that this page sent and received. */
export function FrameInspector({ frames, onClose }: FrameInspectorProps) {
  const [pausedFrames, setPausedFrames] = useState<readonly SeenFrame[] | null>(null)
  const list = useRef<HTMLOListElement>(null)
  const shown = pausedFrames ?? frames
  useEffect(() => {
    if (pausedFrames === null && shown.length > 0) list.current?.scrollTo({ top: list.current.scrollHeight })
  }, [pausedFrames, shown])
  return (
    <section id="frame-inspector" className={styles.inspector} aria-label="Frames">
      <header className={styles.head}>
        <h2 className={styles.title}>The last 50 frames</h2>
        <label className={styles.hold}>
          <input
            type="checkbox"
            checked={pausedFrames !== null}
            onChange={(e) => setPausedFrames(e.target.checked ? frames : null)}
          />
          Hold still
        </label>
        <IconButton icon={X} label="Close the frames" onClick={onClose} />
      </header>
      {shown.length === 0 ? (
        <p className={styles.empty}>Nothing passed yet.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <ol ref={list} className={styles.list} tabIndex={0}>
          {shown.map((frame) => (
            <FrameRow key={frame.number} frame={frame} />
          ))}
        </ol>
      )}
    </section>
  )
}
