/** The same log by three ways at once cheap and dear: what a delivery costs by each transport, and what other servers ask for it. */
import type { BenchSettings } from './bench-settings.ts'
import { findCentrifugo, startCentrifugo } from './centrifugo.ts'
import { type Contender, startDovetail, startPlainWs, startSocketIo } from './contender.ts'
import { type FanOutResult, lineOf, measured, middle } from './fan-out.ts'
import type { Row } from './report.ts'

/** To WebSocket's. */
const allowedSse = 1.3

type Start = (settings: BenchSettings) => Promise<Contender>

const websocket: Start = (settings) => startDovetail(settings)
const sse: Start = (settings) => startDovetail(settings, { transport: 'sse' })
const longPoll: Start = (settings) => startDovetail(settings, { transport: 'long-poll' })

export async function transports(settings: BenchSettings, tell: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = []
  for (const perSecond of settings.fanOutRates) {
    const [socket, stream, poll] = await inTurn(settings, perSecond, [websocket, sse, longPoll], tell)
    if (socket === undefined || stream === undefined || poll === undefined) throw new Error('a contender is missing')
    rows.push(ratio(stream, socket, allowedSse), ratio(poll, socket, null), ...faults([socket, stream, poll]))
  }
  return rows
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
    rows.push(...theirs.map((result) => ratio(ours, result, null)), ...faults([ours]))
  }
  return rows
}

/** Round by round, so that what else the machine does meets all alike. */
async function inTurn(
  settings: BenchSettings,
  perSecond: number,
  starts: readonly Start[],
  tell: (line: string) => void,
): Promise<FanOutResult[]> {
  const results: FanOutResult[][] = starts.map(() => [])
  for (let round = 0; round < settings.rounds; round++) {
    for (const [index, start] of starts.entries()) {
      const result = await measured(settings, start, perSecond)
      tell(lineOf(result))
      results[index]?.push(result)
    }
  }
  return results.map(middle)
}

function ratio(result: FanOutResult, to: FanOutResult, limit: number | null): Row {
  const words = ({ cpu, load, p50, p99, late }: FanOutResult): string =>
    `${cpu.toFixed(2)} µs, ${(load * 100).toFixed(0)} % of a core, p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)} ms, ${late.toFixed(1)} s late`
  return {
    title: `${result.perSecond} msg/s: CPU per delivery of ${result.name}, to ${to.name}`,
    value: result.cpu / to.cpu,
    unit: 'times',
    limit,
    detail: `${words(result)}; ${to.name} ${words(to)}`,
  }
}

function faults(results: readonly FanOutResult[]): Row[] {
  return results.map(({ name, perSecond, received, lost, repeated, reordered }) => ({
    title: `${perSecond} msg/s: lost, repeated or reordered by ${name}`,
    value: lost + repeated + reordered,
    unit: 'deliveries',
    limit: 0,
    detail: `of ${received}`,
  }))
}
