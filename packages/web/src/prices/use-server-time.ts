import { useEffect, useState } from 'react'
import { useSession } from '../session/session-context.ts'

const stepMs = 250 // four times a second is as fast as people can read figures

/** The time by the server's clock, in ms since 1970. */
export function useServerTime(): number {
  const { traffic } = useSession()
  const [now, setNow] = useState(() => Date.now() + traffic.serverClockOffsetMs)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() + traffic.serverClockOffsetMs), stepMs)
    return () => clearInterval(timer)
  }, [traffic])
  return now
}
