import { Pause, Play, RotateCcw } from 'lucide-react'
import { useEffect, useState } from 'react'
import { formatBytes, formatDuration, formatRate } from '../meter/format-figures.ts'
import { useAppClient } from '../session/session-context.ts'
import { Button } from '../ui/button.tsx'
import { ChoiceSlider } from '../ui/forms/choice-slider.tsx'
import type { Run, RunSnapshot, RunState } from './run/run.ts'
import { intervals, payloads, rates, ratesWithin } from './run/run-settings.ts'
import styles from './run-controls.module.css'

const stateLabels: Record<RunState['name'], string> = {
  starting: 'Starting',
  running: 'Running',
  paused: 'Paused',
  failed: 'Stopped',
  stopped: 'Stopped',
}

export function RunControls({ run, snapshot }: { run: Run; snapshot: RunSnapshot }) {
  const { state, settings } = snapshot
  const allowedRates = useAllowedRates()
  const isActive = state.name === 'running' || state.name === 'starting'
  return (
    <fieldset className={styles.controls}>
      <legend className="unseen">Settings</legend>
      <ChoiceSlider
        label="Events"
        choices={allowedRates}
        value={settings.rate}
        format={(rate) => `${formatRate(rate)} /s`}
        onChange={(rate) => run.change({ rate })}
      />
      <ChoiceSlider
        label="Payload"
        choices={payloads}
        value={settings.payload}
        format={formatBytes}
        onChange={(payload) => run.change({ payload })}
      />
      <ChoiceSlider
        label="Poll every"
        choices={intervals}
        value={settings.intervalMs}
        format={formatDuration}
        onChange={(intervalMs) => run.change({ intervalMs })}
      />
      <div className={styles.buttons}>
        <span className={styles.state} role="status">
          {stateLabels[state.name]}
        </span>
        <Button onClick={() => (isActive ? run.pause() : run.resume())}>
          {isActive ? <Pause size={16} aria-hidden /> : <Play size={16} aria-hidden />}
          {isActive ? 'Pause' : 'Go on'}
        </Button>
        <Button onClick={() => run.reset()}>
          <RotateCcw size={16} aria-hidden />
          Reset
        </Button>
      </div>
    </fieldset>
  )
}

/** The rates that this server's limits allow. */
function useAllowedRates(): readonly number[] {
  const client = useAppClient()
  const [allowedRates, setAllowedRates] = useState<readonly number[]>(rates)
  useEffect(() => {
    let shown = true
    client.limits().then(
      ({ commands }) => shown && commands !== undefined && setAllowedRates(ratesWithin(commands)),
      // Without a reply, all rates are offered; events that the server refuses count as lost.
      () => undefined,
    )
    return () => {
      shown = false
    }
  }, [client])
  return allowedRates
}
