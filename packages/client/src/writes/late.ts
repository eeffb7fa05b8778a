/** What is loaded with the first write that does not wait in the outbox. */
import type { Sending } from './appender.ts'
import type { Write, Written } from './write.ts'
import { Writer } from './writer.ts'

export { append } from './appender.ts'

export function send({ network, connection }: Sending, write: Write): Promise<Written> {
  return new Writer(network, connection).patiently(write)
}
