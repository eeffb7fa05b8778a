import { ChevronUp } from 'lucide-react'
import type { ConnectionFacts } from './connection-facts.ts'
import { healedWords, moodOf, stateWord, transportWord } from './connection-words.ts'
import styles from './foot-line.module.css'

export interface FootLineProps {
  facts: ConnectionFacts
  inspecting: boolean
  onInspect: () => void
}

/** One line that is true at any moment; it opens the frames behind it. */
export function FootLine({ facts, inspecting, onInspect }: FootLineProps) {
  const healed = healedWords(facts)
  return (
    <button
      type="button"
      className={styles['line']}
      aria-expanded={inspecting}
      aria-controls="frame-inspector"
      onClick={onInspect}
    >
      <span className={styles['state']} data-mood={moodOf(facts.state)} role="status">
        <span className={styles['dot']} aria-hidden />
        {stateWord(facts.state)}
      </span>
      <span>{transportWord(facts.transport)}</span>
      {facts.why !== null && <span className={styles['why']}>{facts.why}</span>}
      {facts.roundTripMs !== null && facts.state === 'open' && (
        <span className={styles['figure']}>
          <span className="unseen">round trip </span>
          {facts.roundTripMs < 10 ? facts.roundTripMs.toFixed(1) : Math.round(facts.roundTripMs)} ms
        </span>
      )}
      {facts.revision !== null && <span className={styles['figure']}>rev {facts.revision}</span>}
      {healed !== null && <span className={styles['healed']}>{healed}</span>}
      <span className={styles['open']}>
        <span className={styles['openWord']}>Frames</span>
        <ChevronUp size={16} aria-hidden />
      </span>
    </button>
  )
}
