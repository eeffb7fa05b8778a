import { useEffect, useState } from 'react'
import { useSession } from '../session/session-context.ts'

const stepMs = 250 // ages are read, not raced: four times a second is as fast as figures can be followed

/** The time by the server's clock, ms since 1970. */
export function useNow(): number {
  const { traffic } = useSession()
  const [now, setNow] = useState(() => Date.now() + traffic.serverAheadMs)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() + traffic.serverAheadMs), stepMs)
    return () => clearInterval(timer)
  }, [traffic])
  return now
}
