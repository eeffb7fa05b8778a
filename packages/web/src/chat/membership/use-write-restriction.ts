import { useEffect, useMemo, useState } from 'react'
import { useSession } from '../../session/session-context.ts'
import type { Member } from './use-members.ts'
import { type WriteRestriction, writeRestrictionOf } from './write-restriction.ts'

const longestMs = 2 ** 31 - 1 // a longer timer would fire at once

/** Whether this member may write; updates when a mute ends. */
export function useWriteRestriction(member: Member | undefined): WriteRestriction {
  const { traffic } = useSession()
  const [now, setNow] = useState(() => Date.now() + traffic.serverClockOffsetMs)
  const until = member?.mutedUntil ?? null
  useEffect(() => {
    const read = () => setNow(Date.now() + traffic.serverClockOffsetMs)
    read()
    const leftMs = (until ?? 0) - Date.now() - traffic.serverClockOffsetMs
    if (leftMs <= 0) return
    const timer = setTimeout(read, Math.min(leftMs + 50, longestMs))
    return () => clearTimeout(timer)
  }, [until, traffic])
  return useMemo(() => writeRestrictionOf(member, now), [member, now])
}
