/** Sends records to `POST /v1/import/{ch}`, many in one request, and counts what becomes of them. */
import { inGroups } from '../requests/groups.ts'
import { readBounds } from '../requests/read-limits.ts'
import type { Requests } from '../requests/requests.ts'
import type { ImportedRecord, Incoming } from './incoming.ts'
import { countResults, type ImportCounts, type ImportWatch, type Result } from './results.ts'

/** The bytes around a record in a request and in its reply. */
const aroundRecord = 300

type Sent = Extract<Incoming, { readonly record: ImportedRecord }> & {
  /** The record as JSON. */
  readonly json: string
}
type Fault = Exclude<Incoming, { readonly record: ImportedRecord }>

export async function sendRecords(
  requests: Requests,
  records: Iterable<Incoming> | AsyncIterable<Incoming>,
  watch: ImportWatch,
): Promise<ImportCounts> {
  const bounds = await readBounds(requests)
  const counts = { created: 0, kept: 0, refused: 0 }
  const send = async (channel: string, group: readonly Sent[]): Promise<void> => {
    const body = `{"records":[${group.map(({ json }) => json).join(',')}]}`
    const reply = await requests.askWithText('POST', `/v1/import/${encodeURIComponent(channel)}`, body)
    countResults((reply as { results: readonly Result[] }).results, group, counts, watch)
    watch.onProgress(counts)
  }
  const bytesOf = (item: Sent | Fault): number => ('json' in item ? item.json.length * 2 + aroundRecord : 0)
  // The next group is made while the server works on this one. It is sent after the reply: the order is that of the log.
  let underWay = Promise.resolve()
  for await (const group of inGroups(encoded(records), { items: bounds.records, bytes: bounds.bytes, bytesOf })) {
    for (const part of byChannel(group)) {
      await underWay
      if ('channel' in part) {
        underWay = send(part.channel, part.sent)
        // Awaited above or below; until then, a refusal is not one that nobody handles.
        underWay.catch(() => undefined)
        continue
      }
      counts.refused += 1
      watch.onRefused({ line: part.line, error: part.fault, record: part.text })
    }
  }
  await underWay
  watch.onProgress(counts)
  return counts
}

async function* encoded(records: Iterable<Incoming> | AsyncIterable<Incoming>): AsyncGenerator<Sent | Fault, void> {
  for await (const incoming of records)
    yield 'record' in incoming ? { ...incoming, json: JSON.stringify(incoming.record) } : incoming
}

/** Neighbours of one channel together, in their order; faults alone. */
function* byChannel(
  group: readonly (Sent | Fault)[],
): Generator<{ readonly channel: string; readonly sent: readonly Sent[] } | Fault, void> {
  let sent: Sent[] = []
  let channel = ''
  for (const incoming of group) {
    const isNext = 'json' in incoming && incoming.channel === channel
    if (!isNext && sent.length > 0) {
      yield { channel, sent }
      sent = []
    }
    if ('json' in incoming) {
      channel = incoming.channel
      sent.push(incoming)
    } else yield incoming
  }
  if (sent.length > 0) yield { channel, sent }
}
