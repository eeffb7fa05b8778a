/** What a delivery costs with 100, 1,000 and 10,000 subscribers of one channel, at the same rate of messages. */
import { highCommandLimits } from '../../processes/high-command-limits.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'
import { deliveriesBySize } from './deliveries-by-size.ts'
import type { Series } from './series.ts'

const sizes = [100, 1000, 10_000]
/** So slow that each message is sent alone at each size. */
const perSecond = 5
const allowed = 1.3

export async function overSubscribers(settings: BenchSettings, report: (line: string) => void): Promise<Series[]> {
  const results = await deliveriesBySize(
    settings,
    sizes,
    (readers) => ({ args: highCommandLimits, readers, perSecond }),
    report,
  )
  const values = results.map(({ cpu }, index) => ({ size: sizes[index] ?? 0, value: cpu }))
  return [{ over: 'subscribers', title: 'CPU of a delivery', unit: 'µs', values, limit: allowed }]
}
