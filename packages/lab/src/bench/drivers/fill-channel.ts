/** Fills a channel with a history, by batch writes. */
import { payloadText } from '../../load/payload.ts'
import { PostPool } from '../../load/post-pool.ts'
import type { BenchCandidate } from '../candidates/candidate.ts'
import { payloadBytes } from './run-firehose.ts'

const batchWrites = 500
const lines = 4

/** Appends messages; by default texts that carry their number. */
export async function fillChannel(
  candidate: BenchCandidate,
  channel: string,
  count: number,
  text: (index: number) => string = (index) => payloadText(index, payloadBytes),
): Promise<void> {
  const pool = new PostPool({ ...candidate.post, path: '/v1/batch', connections: lines })
  const batches: Promise<void>[] = []
  for (let from = 0; from < count; from += batchWrites) {
    const size = Math.min(batchWrites, count - from)
    const writes = Array.from({ length: size }, (_, i) => ({
      op: 'create',
      channel,
      collection: 'messages',
      data: { text: text(from + i) },
    }))
    batches.push(
      pool.post(JSON.stringify({ writes })).then(({ status, body }) => {
        if (status !== 200 || body.includes('"error"'))
          throw new Error(`a batch was answered ${status}: ${body.slice(0, 300)}`)
      }),
    )
    // Not all at once: the bodies alone would fill the memory.
    if (batches.length >= lines * 2) await batches.shift()
  }
  await Promise.all(batches)
  pool.close()
}
