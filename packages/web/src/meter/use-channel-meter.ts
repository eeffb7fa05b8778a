import { useEffect, useState, useSyncExternalStore } from 'react'
import { useSession } from '../session/session-context.ts'
import { ChannelMeter, type MeterSnapshot } from './channel-meter.ts'

const nothingYet: MeterSnapshot = { last: { changes: 0, bytes: 0, delayMs: null }, history: [] }
const noStop = () => undefined

const every = (ms: number, task: () => void) => {
  const timer = setInterval(task, ms)
  return () => clearInterval(timer)
}

/** Measures what arrives on a channel, second by second, while the component is mounted. */
export function useChannelMeter(channel: string): MeterSnapshot {
  const { client, traffic } = useSession()
  const [meter, setMeter] = useState<ChannelMeter | null>(null)
  useEffect(() => {
    const serverClockOffsetMs = () => traffic.serverClockOffsetMs
    const opened = new ChannelMeter(client, { channel, now: Date.now, serverClockOffsetMs, every })
    setMeter(opened)
    return () => opened.stop()
  }, [client, traffic, channel])
  return useSyncExternalStore(meter?.subscribe ?? (() => noStop), meter?.getSnapshot ?? (() => nothingYet))
}
