import { useEffect, useState, useSyncExternalStore } from 'react'
import { useSession } from '../../session/session-context.ts'
import type { Candidate } from '../candidates/candidate.ts'
import type { CandidateName } from '../candidates/candidate-names.ts'
import { candidates } from '../candidates/candidates.ts'
import { createEventWriter } from './event-writer.ts'
import { Run, type RunSnapshot } from './run.ts'
import { defaultSettings } from './run-settings.ts'
import { watchTransferSize } from './watch-transfer-size.ts'

const noStop = () => undefined

const after = (ms: number, task: () => void) => {
  const timer = setTimeout(task, ms)
  return () => clearTimeout(timer)
}

/** The candidates, which also report the bytes that the browser measured for them. */
function measuredCandidates(): Record<CandidateName, Candidate> {
  const entries = Object.entries(candidates) as [CandidateName, (typeof candidates)[CandidateName]][]
  return Object.fromEntries(
    entries.map(([name, { run }]) => {
      const candidate: Candidate = (task, observer) => {
        const report = (lane: CandidateName, bytes: number) => lane === name && observer.received(bytes, 'measured')
        const stopWatching = watchTransferSize(task.channel, report)
        const running = run(task, observer)
        const stop = () => {
          stopWatching()
          running.stop()
        }
        return { ...running, stop }
      }
      return [name, candidate]
    }),
  ) as Record<CandidateName, Candidate>
}

/** A run for as long as the component is mounted, paused while the page is hidden. */
export function useRun(): { run: Run | null; snapshot: RunSnapshot | null } {
  const { client } = useSession()
  const [run, setRun] = useState<Run | null>(null)
  useEffect(() => {
    const channel = `game:compare-${crypto.getRandomValues(new Uint32Array(2)).join('-')}` as const
    const rate = () => opened.getSnapshot().settings.rate
    const opened: Run = new Run({
      settings: defaultSettings,
      writer: createEventWriter(client, channel, rate),
      candidates: measuredCandidates(),
      now: () => performance.now(),
      random: Math.random,
      after,
    })
    setRun(opened)
    const stopPausing = pauseWhileHidden(opened)
    return () => {
      stopPausing()
      opened.stop()
      setRun(null)
    }
  }, [client])
  const snapshot = useSyncExternalStore(run?.subscribe ?? (() => noStop), () => run?.getSnapshot() ?? null)
  return { run, snapshot }
}

function pauseWhileHidden(run: Run): () => void {
  let paused = false
  const onVisibility = () => {
    const { name } = run.getSnapshot().state
    const hidden = document.visibilityState === 'hidden'
    if (hidden && (name === 'running' || name === 'starting')) {
      paused = true
      run.pause()
    } else if (!hidden && paused) {
      paused = false
      run.resume()
    }
  }
  const onPageHide = () => run.stop()
  document.addEventListener('visibilitychange', onVisibility)
  window.addEventListener('pagehide', onPageHide)
  onVisibility()
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    window.removeEventListener('pagehide', onPageHide)
  }
}
