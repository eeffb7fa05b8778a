import type { Clock } from '../ports/clock.ts'
import { inTime } from './in-time.ts'

const closeMs = 2000

/** Closes a client of Kafka whatever state it is in; one whose broker does not answer is left to itself. */
export async function letGo(clock: Clock, client: { close(force?: boolean): Promise<void> } | null): Promise<void> {
  if (client !== null) await inTime(clock, closeMs, client.close(true)).catch(() => {})
}
