/** Sends records to `POST /v1/import/{ch}`, many in one request, and counts what becomes of them. */
import { inGroups } from '../requests/groups.ts'
import { readBounds } from '../requests/read-limits.ts'
import type { Requests } from '../requests/requests.ts'
import type { ImportedRecord, Incoming } from './incoming.ts'
import { countResults, type ImportCounts, type ImportWatch, type Result } from './results.ts'

/** The bytes around a record's data in a request. */
const aroundData = 300

type Sent = Extract<Incoming, { readonly record: ImportedRecord }>

export async function sendRecords(
  requests: Requests,
  records: Iterable<Incoming> | AsyncIterable<Incoming>,
  watch: ImportWatch,
): Promise<ImportCounts> {
  const bounds = await readBounds(requests)
  const counts = { created: 0, kept: 0, refused: 0 }
  const send = async (channel: string, group: readonly Sent[]): Promise<void> => {
    const body = { records: group.map(({ record }) => record) }
    const reply = await requests.ask('POST', `/v1/import/${encodeURIComponent(channel)}`, body)
    countResults((reply as { results: readonly Result[] }).results, group, counts, watch)
  }
  const bytesOf = (incoming: Incoming): number =>
    'record' in incoming ? JSON.stringify(incoming.record).length * 2 + aroundData : 0
  for await (const group of inGroups(records, { items: bounds.records, bytes: bounds.bytes, bytesOf })) {
    for (const part of byChannel(group)) {
      if ('channel' in part) {
        await send(part.channel, part.sent)
        continue
      }
      counts.refused += 1
      watch.onRefused({ line: part.line, error: part.fault, record: part.text })
    }
    watch.onProgress(counts)
  }
  return counts
}

/** Neighbours of one channel together, in their order; faults alone. */
function* byChannel(
  group: readonly Incoming[],
): Generator<{ readonly channel: string; readonly sent: readonly Sent[] } | Exclude<Incoming, Sent>, void> {
  let sent: Sent[] = []
  let channel = ''
  for (const incoming of group) {
    const isNext = 'record' in incoming && incoming.channel === channel
    if (!isNext && sent.length > 0) {
      yield { channel, sent }
      sent = []
    }
    if ('record' in incoming) {
      channel = incoming.channel
      sent.push(incoming)
    } else yield incoming
  }
  if (sent.length > 0) yield { channel, sent }
}
