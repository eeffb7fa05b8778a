/** Measures the cost of a delivery: messages posted over HTTP at a fixed rate to readers of one channel; every delivery is counted. */

import { startDovetail, startPlainWs } from '../candidates/candidate.ts'
import { formatCost } from '../drivers/fan-out-rows.ts'
import type { FanOutResult } from '../drivers/firehose.ts'
import { runInterleaved } from '../drivers/rounds.ts'
import { aimOf } from '../report/aims.ts'
import type { Row } from '../report/report.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

/** The limits: by rate, as a ratio to the plain server's CPU per delivery; and for the slowest delivery of 100, in ms. */
const allowed = new Map([
  [100, 0.8],
  [300, 0.5],
])
const allowedP99 = 30

export async function fanOut(settings: BenchSettings, report: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = []
  for (const perSecond of settings.fanOutRates) {
    const [plain, dovetail] = await runInterleaved(
      settings,
      perSecond,
      [startPlainWs, (each) => startDovetail(each)],
      report,
    )
    if (plain === undefined || dovetail === undefined) throw new Error('a candidate is missing')
    rows.push(...rowsOf(settings, perSecond, dovetail, plain))
  }
  return rows
}

function rowsOf(settings: BenchSettings, perSecond: number, dovetail: FanOutResult, plain: FanOutResult): Row[] {
  const title = `${settings.readers} readers, ${perSecond} msg/s`
  const faults = (result: FanOutResult): number => result.lost + result.repeated + result.reordered
  return [
    {
      title: `${title}: CPU per delivery, to plain ws`,
      value: dovetail.cpu / plain.cpu,
      unit: 'times',
      limit: allowed.get(perSecond) ?? null,
      aim: aimOf(plain.name, perSecond),
      detail: `${formatCost(dovetail)}; ${plain.name}: ${formatCost(plain)}`,
    },
    {
      title: `${title}: delivery p99`,
      value: dovetail.p99,
      unit: 'ms',
      limit: allowed.has(perSecond) ? allowedP99 : null,
      detail: `p50 ${dovetail.p50.toFixed(1)} ms; plain ws p50 ${plain.p50.toFixed(1)}, p99 ${plain.p99.toFixed(1)} ms`,
    },
    {
      title: `${title}: lost, repeated or reordered`,
      value: faults(dovetail),
      unit: 'deliveries',
      limit: 0,
      detail: `of ${dovetail.received}; plain ws ${faults(plain)} of ${plain.received}`,
    },
  ]
}
