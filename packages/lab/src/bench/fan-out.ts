/** What a delivery costs: readers of one channel, messages posted over HTTP at a fixed rate, all of them counted. */
import { aimOf } from './aims.ts'
import type { BenchSettings } from './bench-settings.ts'
import { startDovetail, startPlainWs } from './contender.ts'
import type { FanOutResult } from './pour.ts'
import type { Row } from './report.ts'
import { inTurn } from './rounds.ts'
import { costOf } from './told.ts'

/** The limits: by rate, as a ratio to the plain server's CPU per delivery; and for the slowest delivery of 100, in ms. */
const allowed = new Map([
  [100, 0.8],
  [300, 0.5],
])
const allowedP99 = 30

export async function fanOut(settings: BenchSettings, tell: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = []
  for (const perSecond of settings.fanOutRates) {
    const [plain, dovetail] = await inTurn(settings, perSecond, [startPlainWs, (each) => startDovetail(each)], tell)
    if (plain === undefined || dovetail === undefined) throw new Error('a contender is missing')
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
      detail: `${costOf(dovetail)}; ${plain.name}: ${costOf(plain)}`,
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
