import { useEffect, useState, useSyncExternalStore } from 'react'
import { useSession } from '../session/session-context.ts'
import type { Contender } from './contenders/contender.ts'
import { Race, type RaceSnapshot } from './race.ts'
import { firstSettings } from './race-settings.ts'
import { raceWriter } from './race-writer.ts'
import type { WayName } from './way-names.ts'
import { ways } from './ways.ts'
import { watchWire } from './wire-bytes.ts'

const noStop = () => undefined

const after = (ms: number, task: () => void) => {
  const timer = setTimeout(task, ms)
  return () => clearTimeout(timer)
}

/** Contenders that also tell what the browser saw pass for them. */
function watched(): Record<WayName, Contender> {
  const entries = Object.entries(ways) as [WayName, (typeof ways)[WayName]][]
  return Object.fromEntries(
    entries.map(([name, { run }]) => {
      const contender: Contender = (course, meters) => {
        const tell = (way: WayName, bytes: number) => way === name && meters.received(bytes, 'measured')
        const stopWatching = watchWire(course.channel, tell)
        const running = run(course, meters)
        const stop = () => {
          stopWatching()
          running.stop()
        }
        return { ...running, stop }
      }
      return [name, contender]
    }),
  ) as Record<WayName, Contender>
}

/** A race of its own for as long as the component is shown. It rests while nobody can look. */
export function useRace(): { race: Race | null; snapshot: RaceSnapshot | null } {
  const { client } = useSession()
  const [race, setRace] = useState<Race | null>(null)
  useEffect(() => {
    const channel = `game:compare-${crypto.getRandomValues(new Uint32Array(2)).join('-')}` as const
    const rate = () => opened.getSnapshot().settings.rate
    const opened: Race = new Race({
      settings: firstSettings,
      writer: raceWriter(client, channel, rate),
      contenders: watched(),
      now: () => performance.now(),
      random: Math.random,
      after,
    })
    setRace(opened)
    const stopResting = restWhileHidden(opened)
    return () => {
      stopResting()
      opened.stop()
      setRace(null)
    }
  }, [client])
  const snapshot = useSyncExternalStore(race?.subscribe ?? (() => noStop), () => race?.getSnapshot() ?? null)
  return { race, snapshot }
}

function restWhileHidden(race: Race): () => void {
  let resting = false
  const look = () => {
    const { name } = race.getSnapshot().state
    const hidden = document.visibilityState === 'hidden'
    if (hidden && (name === 'running' || name === 'starting')) {
      resting = true
      race.pause()
    } else if (!hidden && resting) {
      resting = false
      race.resume()
    }
  }
  const leave = () => race.stop()
  document.addEventListener('visibilitychange', look)
  window.addEventListener('pagehide', leave)
  look()
  return () => {
    document.removeEventListener('visibilitychange', look)
    window.removeEventListener('pagehide', leave)
  }
}
