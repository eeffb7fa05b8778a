/**
 * Finds peers that vanished without closing their connection, by the kernel's count of retransmissions without an
 * acknowledgement. Node does not show this: a write succeeds once the kernel has the bytes, and TCP gives up only after a
 * quarter of an hour. Linux has the counts in /proc; on other systems no peer is found.
 */
import { type ReadTable, readTcpRows } from './tcp-table.ts'

/**
 * Retransmissions in a row after which a peer counts as lost. The kernel doubles the time between them, starting from the
 * round trip of the connection: five take 6 s on a fast connection and 30 s with a round trip of almost a second.
 */
const unacknowledgedTimes = 5

/** The connections, named as by `lineOf`, with that many retransmissions in a row. */
export async function unacknowledgedLines(read?: ReadTable): Promise<ReadonlySet<string>> {
  const rows = await readTcpRows(read)
  return new Set(rows.filter(({ repeats }) => repeats >= unacknowledgedTimes).map(({ line }) => line))
}
