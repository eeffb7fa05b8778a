/** The same log by each transport: what a delivery costs, and what other servers ask for it. */
import { aimOf } from './aims.ts'
import type { BenchSettings } from './bench-settings.ts'
import { findCentrifugo, startCentrifugo } from './centrifugo.ts'
import { startDovetail, startPlainWs, startSocketIo } from './contender.ts'
import type { FanOutResult } from './pour.ts'
import type { Row } from './report.ts'
import { inTurn, type Start } from './rounds.ts'
import { faults, faultsOf, ratio } from './told.ts'

/** To WebSocket's. */
const allowedSse = 1.3
/** Requests of a reader by long-poll to the server's flushes. Polls that wait longer than a flush takes can't be more. */
const allowedRequests = 1

const websocket: Start = (settings) => startDovetail(settings)
const sse: Start = (settings) => startDovetail(settings, { transport: 'sse' })
const longPoll: Start = (settings) => startDovetail(settings, { transport: 'long-poll' })

export async function transports(settings: BenchSettings, tell: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = []
  for (const perSecond of settings.fanOutRates) {
    const [socket, stream, poll] = await inTurn(settings, perSecond, [websocket, sse, longPoll], tell)
    if (socket === undefined || stream === undefined || poll === undefined) throw new Error('a contender is missing')
    rows.push(
      ratio(stream, socket, { limit: allowedSse }),
      ratio(poll, socket, { limit: null }),
      requestsOf(poll, settings.readers),
      ...faults([socket, stream, poll]),
    )
  }
  return rows
}

function requestsOf({ perSecond, name, requests, flushes }: FanOutResult, readers: number): Row {
  if (requests === null || flushes === null) throw new Error('polls and flushes were not counted')
  return {
    title: `${perSecond} msg/s: requests of a reader ${name.replace('dovetail ', '')} to flushes`,
    value: requests / readers / flushes,
    unit: 'times',
    limit: allowedRequests,
    detail: `${(requests / readers).toFixed(0)} requests of each reader, ${flushes} flushes`,
  }
}

export async function peers(settings: BenchSettings, tell: (line: string) => void): Promise<Row[]> {
  const file = findCentrifugo()
  if (file === null) tell('centrifugo is not on the path and not compared')
  const others = [
    startPlainWs,
    startSocketIo,
    ...(file === null ? [] : [(s: BenchSettings) => startCentrifugo(s, file)]),
  ]
  const rows: Row[] = []
  for (const perSecond of settings.fanOutRates) {
    const [ours, ...theirs] = await inTurn(settings, perSecond, [websocket, ...others], tell)
    if (ours === undefined) throw new Error('a contender is missing')
    rows.push(...theirs.map((result) => ratio(ours, result, { limit: null, aim: aimOf(result.name, perSecond) })))
    rows.push(...faults([ours]).map((row) => ({ ...row, detail: [row.detail, ...theirs.map(faultsOf)].join('; ') })))
  }
  return rows
}
