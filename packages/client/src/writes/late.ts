/** What is loaded with the first write that does not wait in the outbox. */
import { type AppendTarget, append as appendNow, type Sending } from './appender.ts'
import { keepAppend } from './kept-append.ts'
import type { Outbox } from './outbox.ts'
import type { Write, Written } from './write.ts'
import { Writer } from './writer.ts'

/** By the outbox where there is a storage, else at once; `keep` as for other writes. */
export function append(
  sending: Sending & { readonly outbox: Outbox },
  target: AppendTarget,
  path: string,
  text: string,
  keep = true,
): Promise<void> {
  const isKept = keep && sending.outbox.isStored
  return isKept ? keepAppend(sending, target, path, text) : appendNow(sending, target, path, text)
}

export function send({ network, connection }: Sending, write: Write): Promise<Written> {
  return new Writer(network, connection).patiently(write)
}
