import type { AnyData, AnyRecord, LiveRecord } from 'dovetail-protocol'
import type { OutboxEntry } from '../writes/outbox-entry.ts'
import { appends } from '../writes/shown-appends.ts'
import type { LiveEntry } from './live-view.ts'
import type { OwnWrites } from './own-writes.ts'
import { RecordWindow, type WholeRange } from './record-window.ts'

type Row = Extract<LiveEntry<AnyData>, { status: 'acknowledged' }>

/** The rows of a view that the server has acknowledged: a `RecordWindow` of bounded size. */
export class AcknowledgedRows extends RecordWindow<Row> {
  readonly #own: OwnWrites
  /** The most rows that are held, not counting those that `loadOlder` and `loadNewer` loaded. */
  readonly #maxRows: number
  #rowsAskedFor = 0

  constructor(own: OwnWrites, maxRows: number) {
    super((record) => {
      const typed = record as LiveRecord<AnyData>
      return { status: 'acknowledged', key: own.rowKeyOf(record.id), data: typed.data, record: typed }
    })
    this.#own = own
    this.#maxRows = maxRows
  }

  override restart(): void {
    super.restart()
    this.#rowsAskedFor = 0
  }

  override put(records: readonly AnyRecord[]): void {
    super.put(records)
    const maxRows = this.#maxRows + this.#rowsAskedFor
    if (this.rows.length <= maxRows) return
    // Removes some more rows than needed, so that not every new row causes a trim.
    for (const { record } of this.trim(maxRows - Math.ceil(this.#maxRows / 5))) this.#own.release(record.id)
  }

  /** A page that the user asked for: its rows are held in addition. */
  furtherPage(range: WholeRange): void {
    const before = this.rows.length
    this.page(range)
    this.#rowsAskedFor += this.rows.length - before
  }

  /** A write was acknowledged without its record: shows its outcome now; any later change from the log wins. */
  settled(write: OutboxEntry): void {
    const record = this.rows.find((row) => row.record.id === write.recordId)?.record
    if (record === undefined) return
    if (write.op === 'append') super.put([appends.shows?.acknowledged(record, write) ?? record])
    else super.put([{ id: record.id, pos: record.pos, rev: record.rev + 0.5, deleted: true }])
  }
}
