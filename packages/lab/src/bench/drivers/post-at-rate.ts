/** Posts at a fixed rate, without waiting for answers. Latencies count from the moment a post was due. */
import { createHistogram, performance } from 'node:perf_hooks'
import { openLoop } from '../../load/open-loop.ts'
import { requireStatus } from './run-firehose.ts'

export interface PostTimings {
  /** Seconds from the moment the first post was meant to be sent to the last answer. */
  readonly seconds: number
  /** Milliseconds from the moment a post was meant to be sent to its answer. */
  readonly p50: number
  readonly p99: number
}

/** @throws Error where one is not answered 201. */
export async function postAtRate({
  perSecond,
  count,
  post,
}: {
  readonly perSecond: number
  readonly count: number
  readonly post: (index: number) => Promise<{ readonly status: number; readonly body: string }>
}): Promise<PostTimings> {
  const delays = createHistogram({ lowest: 1, highest: 600_000_000 })
  const answers: Promise<void>[] = []
  const loop = openLoop({
    perSecond,
    count,
    send: (index) => {
      const answered = post(index).then(({ status, body }) => {
        requireStatus(201, status, body)
        delays.record(Math.max(1, Math.round((performance.now() - loop.intended(index)) * 1000)))
      })
      answers.push(answered)
    },
  })
  await loop.sent
  await Promise.all(answers)
  const ms = (percentile: number): number => delays.percentile(percentile) / 1000
  return { seconds: (performance.now() - loop.intended(0)) / 1000, p50: ms(50), p99: ms(99) }
}
