import { useEffect, useMemo, useState } from 'react'
import { useSession } from '../session/session-context.ts'
import { type Silence, silenceOf } from './silence.ts'
import type { Member } from './use-members.ts'

const longestMs = 2 ** 31 - 1 // a longer timer would go off at once

/** Whether this member may write, told anew when a mute ends. */
export function useSilence(member: Member | undefined): Silence {
  const { traffic } = useSession()
  const [now, setNow] = useState(() => Date.now() + traffic.serverAheadMs)
  const until = member?.mutedUntil ?? null
  useEffect(() => {
    const read = () => setNow(Date.now() + traffic.serverAheadMs)
    read()
    const leftMs = (until ?? 0) - Date.now() - traffic.serverAheadMs
    if (leftMs <= 0) return
    const timer = setTimeout(read, Math.min(leftMs + 50, longestMs))
    return () => clearTimeout(timer)
  }, [until, traffic])
  return useMemo(() => silenceOf(member, now), [member, now])
}
