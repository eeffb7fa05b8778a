import { warmUp } from '../pour.ts'
import type { PourTarget } from '../pour-target.ts'

/** A commit that is flushed takes longer than one that is not: enough for code to get warm. */
const posts = 1000

export async function warmUpAll({ doors, body }: PourTarget): Promise<void> {
  await Promise.all(doors.map(({ post }) => warmUp({ post, body }, posts)))
}
