import type { ClientState } from '@dovetail/client'
import { ChevronUp } from 'lucide-react'
import type { Ref } from 'react'
import { type Healing, healedWords, moodOf, reasonWords, stateWord, transportWord } from './connection-words.ts'
import styles from './foot-line.module.css'

export interface FootLineProps extends Healing {
  state: ClientState
  /** The revision that the page's channel is at; null where it shows none. */
  revision: number | null
  inspecting: boolean
  onInspect: () => void
  ref?: Ref<HTMLButtonElement>
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
}

/** One line that is true at any moment; it opens the frames behind it. */
export function FootLine({ state, revision, lost, healed, inspecting, onInspect, ref }: FootLineProps) {
  const reason = reasonWords(state)
  // What was missed is known only when it was caught up.
  const healing = state.name === 'open' ? healedWords({ lost, healed }) : null
  return (
    <button
      ref={ref}
      type="button"
      className={styles.line}
      aria-expanded={inspecting}
      aria-controls="frame-inspector"
      onClick={onInspect}
    >
      <span className={styles.state} data-mood={moodOf(state.name)} role="status">
        <span className={styles.dot} aria-hidden />
        {stateWord(state.name)}
      </span>
      <span className={styles.way}>{transportWord(state.transport)}</span>
      {reason !== null && <span className={styles.why}>{reason}</span>}
      {state.rttMs !== null && state.name === 'open' && (
        <span className={styles.figure}>
          <span className="unseen">round trip </span>
          {milliseconds(state.rttMs)}
        </span>
      )}
      {revision !== null && <span className={styles.figure}>rev {revision}</span>}
      {healing !== null && <span className={styles.healed}>{healing}</span>}
      <span className={styles.open}>
        <span className={styles.openWord}>Frames</span>
        <ChevronUp size={16} aria-hidden />
      </span>
    </button>
  )
}
