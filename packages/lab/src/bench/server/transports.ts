/** Measures the cost of a delivery over each transport of the same log. */

import { startDovetail } from '../candidates/candidate.ts'
import { costRatioRow, faultRows } from '../drivers/fan-out-rows.ts'
import type { FanOutResult } from '../drivers/firehose.ts'
import { runInterleaved, type StartCandidate } from '../drivers/rounds.ts'
import type { Row } from '../report/report.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

/** To WebSocket's. */
const allowedSse = 1.3
/** Requests of a reader by long-poll to the server's flushes. Polls that wait longer than a flush takes can't be more. */
const allowedRequests = 1

const websocket: StartCandidate = (settings) => startDovetail(settings)
const sse: StartCandidate = (settings) => startDovetail(settings, { transport: 'sse' })
const longPoll: StartCandidate = (settings) => startDovetail(settings, { transport: 'long-poll' })

export async function transports(settings: BenchSettings, report: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = []
  for (const perSecond of settings.fanOutRates) {
    const [socket, stream, poll] = await runInterleaved(settings, perSecond, [websocket, sse, longPoll], report)
    if (socket === undefined || stream === undefined || poll === undefined) throw new Error('a candidate is missing')
    rows.push(
      costRatioRow(stream, socket, { limit: allowedSse }),
      costRatioRow(poll, socket, { limit: null }),
      requestsOf(poll, settings.readers),
      ...faultRows([socket, stream, poll]),
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
