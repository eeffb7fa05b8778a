/** A row of the log: a record or its tombstone. */
export interface StoredRecord {
  readonly collection: string
  readonly id: string
  readonly pos: number
  readonly rev: number
  readonly author: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly deleted: boolean
  /** JSON text; empty for a tombstone. */
  readonly data: string
}

/** The JSON of a record as every door sends it. Names are ASCII without quotes, so nothing needs escaping. */
export function encodeRecord(record: StoredRecord): string {
  if (record.deleted) return `{"id":"${record.id}","pos":${record.pos},"rev":${record.rev},"deleted":true}`
  return `{"id":"${record.id}","pos":${record.pos},"rev":${record.rev},"author":"${record.author}","createdAt":"${isoTime(record.createdAt)}","updatedAt":"${isoTime(record.updatedAt)}","data":${record.data}}`
}

export function encodeChange(record: StoredRecord): string {
  return `{"collection":"${record.collection}","record":${encodeRecord(record)}}`
}

let lastMs = Number.NaN
let lastText = ''
/** Records of one moment share one string: formatting a date costs more than the rest of a record. */
function isoTime(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString()
    lastMs = ms
  }
  return lastText
}
