/** Appends that wait in the outbox, in order with all other writes to the channel. */
import type { Appends } from 'dovetail-protocol'
import { newKey } from '../base/key.ts'
import type { Connection } from '../connection/connection.ts'
import type { AppendTarget } from './appender.ts'
import type { Outbox } from './outbox.ts'

/** The most operations of one append (docs/protocol.md, APP1). */
const maxOperations = 100
/** What waits goes together up to so many characters, so that a record that grows too large keeps what fits. */
const maxTogether = 16_384

/** Resolves when the server has acknowledged it. What waits for the same record, unsent, takes it up. */
export async function keepAppend(
  { outbox, connection }: { readonly outbox: Outbox; readonly connection: Connection },
  { channel, collection, recordId }: AppendTarget,
  path: string,
  value: string,
): Promise<void> {
  const own = outbox.of(channel, collection)
  const last = own.filter((write) => write.recordId === recordId || write.target === recordId).at(-1)
  // Otherwise nothing more is kept, which `deliver` says.
  const isKept = connection.state.name !== 'closed' && connection.state.name !== 'auth_failed'
  const together =
    isKept && last?.op === 'append' && last.progress.name === 'waiting'
      ? taken(last.data as Appends, path, value)
      : null
  if (last !== undefined && together !== null) {
    const write = { ...last, data: together }
    outbox.add(write)
    await outbox.deliver(write)
    return
  }
  const isUnsent = own.some(({ op, key }) => op === 'create' && key === recordId)
  const target = isUnsent ? { target: recordId } : { recordId }
  const write = {
    op: 'append',
    channel,
    collection,
    ...target,
    data: [{ op: 'append', path, value }],
    key: newKey(),
  } as const
  await outbox.deliver(write)
}

/** Null: it does not go together with these. */
function taken(operations: Appends, path: string, value: string): Appends | null {
  const characters = operations.reduce((sum, operation) => sum + operation.value.length, value.length)
  const last = operations.at(-1)
  if (last === undefined || characters > maxTogether) return null
  if (last.path === path) return [...operations.slice(0, -1), { ...last, value: last.value + value }]
  return operations.length < maxOperations ? [...operations, { op: 'append', path, value }] : null
}
