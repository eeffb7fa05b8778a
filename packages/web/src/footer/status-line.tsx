import type { ClientState } from 'dovetail-client'
import { ChevronUp } from 'lucide-react'
import type { Ref } from 'react'
import {
  type ConnectionLosses,
  caughtUpLabel,
  reasonLabel,
  stateLabel,
  toneOf,
  transportLabel,
} from './connection-labels.ts'
import styles from './status-line.module.css'

export interface StatusLineProps extends ConnectionLosses {
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

/** The state of the connection in one line; pressed, it opens the frame inspector. */
export function StatusLine({ state, revision, lost, caughtUp, inspecting, onInspect, ref }: StatusLineProps) {
  const reason = reasonLabel(state)
  // How much was missed is known only once it has arrived.
  const losses = state.name === 'open' ? caughtUpLabel({ lost, caughtUp }) : null
  return (
    <button
      ref={ref}
      type="button"
      className={styles.line}
      aria-expanded={inspecting}
      aria-controls="frame-inspector"
      onClick={onInspect}
    >
      <span className={styles.state} data-tone={toneOf(state.name)} role="status">
        <span className={styles.dot} aria-hidden />
        {stateLabel(state.name)}
      </span>
      {state.name !== 'idle' && <span>{transportLabel(state.transport)}</span>}
      {reason !== null && <span className={styles.reason}>{reason}</span>}
      {state.rttMs !== null && state.name === 'open' && (
        <span className={styles.figure}>
          <span className="unseen">round trip </span>
          {milliseconds(state.rttMs)}
        </span>
      )}
      {revision !== null && <span className={styles.figure}>rev {revision}</span>}
      {losses !== null && <span className={styles.losses}>{losses}</span>}
      <span className={styles.open}>
        <span className={styles.openLabel}>Frames</span>
        <ChevronUp size={16} aria-hidden />
      </span>
    </button>
  )
}
