/** Messages posted at a fixed rate, each timed from the moment it was meant to be sent to its reply. */
import { createHistogram, performance } from 'node:perf_hooks'
import type { DeliveryLog } from '../../load/delivery-log.ts'
import { openLoop } from '../../load/open-loop.ts'
import { payloadText } from '../../load/payload.ts'
import type { PostPool } from '../../load/post-pool.ts'
import type { FirehoseTarget } from '../candidates/firehose-target.ts'

export const payloadBytes = 200

/**
 * Resolves when the last message was answered, with the p99 of the replies in ms.
 * @throws Error where a post is not answered as the target should
 */
export async function runFirehose(
  { body, status: wanted }: FirehoseTarget,
  poolOf: (index: number) => PostPool,
  perSecond: number,
  count: number,
  log: DeliveryLog,
): Promise<number> {
  const delays = createHistogram({ lowest: 1, highest: 600_000_000 })
  const replies: Promise<void>[] = []
  const loop = openLoop({
    perSecond,
    count,
    send: (index) => {
      const posted = poolOf(index).post(body(payloadText(index, payloadBytes)))
      replies.push(
        posted.then(({ status, body: reply }) => {
          requireStatus(wanted, status, reply)
          delays.record(Math.max(1, Math.round((performance.now() - loop.intended(index)) * 1000)))
        }),
      )
    },
  })
  log.begin(loop.intended)
  await loop.sent
  await Promise.all(replies)
  return delays.percentile(99) / 1000
}

export function requireStatus(wanted: number, status: number, body: string): void {
  if (status !== wanted) throw new Error(`a post was answered ${status}: ${body}`)
}
