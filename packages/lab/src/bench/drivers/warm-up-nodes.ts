import type { FirehoseTarget } from '../candidates/firehose-target.ts'
import { warmUp } from './firehose.ts'

/** A commit that is flushed takes longer than one that is not: enough for code to get warm. */
const posts = 1000

export async function warmUpNodes({ endpoints, body }: FirehoseTarget): Promise<void> {
  await Promise.all(endpoints.map(({ post }) => warmUp({ post, body }, posts)))
}
