import { useEffect, useState, useSyncExternalStore } from 'react'
import { useSession } from '../session/session-context.ts'
import { ChannelMeter, type MeterSnapshot } from './channel-meter.ts'

const nothingYet: MeterSnapshot = { last: { changes: 0, bytes: 0, delayMs: null }, history: [] }
const noStop = () => undefined

const every = (ms: number, task: () => void) => {
  const timer = setInterval(task, ms)
  return () => clearInterval(timer)
}

/** What arrives of a channel, second by second, for as long as the component is shown. */
export function useChannelMeter(channel: string): MeterSnapshot {
  const { client, traffic } = useSession()
  const [meter, setMeter] = useState<ChannelMeter | null>(null)
  useEffect(() => {
    const serverAheadMs = () => traffic.serverAheadMs
    const opened = new ChannelMeter(client, { channel, now: Date.now, serverAheadMs, every })
    setMeter(opened)
    return () => opened.stop()
  }, [client, traffic, channel])
  return useSyncExternalStore(meter?.subscribe ?? (() => noStop), meter?.getSnapshot ?? (() => nothingYet))
}
