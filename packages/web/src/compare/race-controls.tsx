import { Pause, Play, RotateCcw } from 'lucide-react'
import { useEffect, useState } from 'react'
import { bytesWords, durationWords, rateWords } from '../meter/figure-words.ts'
import { useAppClient } from '../session/session-context.ts'
import { Button } from '../ui/button.tsx'
import { ChoiceSlider } from '../ui/choice-slider.tsx'
import type { Race, RaceSnapshot, RaceState } from './race.ts'
import styles from './race-controls.module.css'
import { intervals, payloads, rates, ratesWithin } from './race-settings.ts'

const words: Record<RaceState['name'], string> = {
  starting: 'Starting',
  running: 'Running',
  paused: 'Paused',
  failed: 'Stopped',
  stopped: 'Stopped',
}

export function RaceControls({ race, snapshot }: { race: Race; snapshot: RaceSnapshot }) {
  const { state, settings } = snapshot
  const within = useRatesWithin()
  const runs = state.name === 'running' || state.name === 'starting'
  return (
    <fieldset className={styles.controls}>
      <legend className="unseen">The race</legend>
      <ChoiceSlider
        label="Events"
        choices={within}
        value={settings.rate}
        words={(rate) => `${rateWords(rate)} /s`}
        onChange={(rate) => race.change({ rate })}
      />
      <ChoiceSlider
        label="Payload"
        choices={payloads}
        value={settings.payload}
        words={bytesWords}
        onChange={(payload) => race.change({ payload })}
      />
      <ChoiceSlider
        label="Poll every"
        choices={intervals}
        value={settings.intervalMs}
        words={durationWords}
        onChange={(intervalMs) => race.change({ intervalMs })}
      />
      <div className={styles.buttons}>
        <span className={styles.state} role="status">
          {words[state.name]}
        </span>
        <Button onClick={() => (runs ? race.pause() : race.resume())}>
          {runs ? <Pause size={16} aria-hidden /> : <Play size={16} aria-hidden />}
          {runs ? 'Pause' : 'Go on'}
        </Button>
        <Button onClick={() => race.reset()}>
          <RotateCcw size={16} aria-hidden />
          Reset
        </Button>
      </div>
    </fieldset>
  )
}

/** The rates that this server's limits leave room for. */
function useRatesWithin(): readonly number[] {
  const client = useAppClient()
  const [within, setWithin] = useState<readonly number[]>(rates)
  useEffect(() => {
    let shown = true
    client.limits().then(
      ({ commands }) => shown && commands !== undefined && setWithin(ratesWithin(commands)),
      // Without an answer the server refuses what is too much, and it shows as lost.
      () => undefined,
    )
    return () => {
      shown = false
    }
  }, [client])
  return within
}
