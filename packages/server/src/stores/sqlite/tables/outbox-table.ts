import type { OutboxEntry, OutboxRefusal } from '../../../ports/outbox/outbox.ts'
import type { Database, SqlRow, Statement } from '../driver/driver.ts'

/** Writes of the outbox by the server: the application's are made by its own connection. */
export class OutboxTable {
  readonly #transaction: <Result>(change: () => Result) => Result
  readonly #delete: Statement
  readonly #refuse: Statement

  constructor(database: Database, transaction: <Result>(change: () => Result) => Result) {
    this.#transaction = transaction
    this.#delete = database.prepare('DELETE FROM dovetail_outbox WHERE id = ?')
    this.#refuse = database.prepare('UPDATE dovetail_outbox SET refused = ?, reason = ? WHERE id = ?')
  }

  settle(written: readonly string[], refused: readonly OutboxRefusal[]): void {
    this.#transaction(() => {
      for (const id of written) this.#delete.run(Number(id))
      for (const { id, code, detail } of refused) this.#refuse.run(code, detail, Number(id))
    })
  }
}

/** Whether something waits; read in the calling thread, some microseconds each time. */
export class OutboxProbe {
  readonly #first: Statement

  constructor(database: Database) {
    this.#first = database.prepare('SELECT 1 FROM dovetail_outbox WHERE refused IS NULL LIMIT 1')
  }

  get isWaiting(): boolean {
    return this.#first.get() !== undefined
  }
}

export class OutboxReads {
  readonly #waiting: Statement

  constructor(database: Database) {
    this.#waiting = database.prepare(
      `SELECT id, channel, collection, coalesce(op, iif(record IS NULL, 'create', 'put')), record, data, author, key
        FROM dovetail_outbox WHERE refused IS NULL ORDER BY id LIMIT ?`,
    )
  }

  waiting(limit: number): OutboxEntry[] {
    return this.#waiting.all(limit).map(entryOf)
  }
}

type Texts = [string, string, string, string, string | null, string | null, string | null, string | null]

function entryOf([id, ...rest]: SqlRow): OutboxEntry {
  const [, channel, collection, op, recordId, data, author, key] = ['', ...rest] as Texts
  return { id: String(id), channel, collection, op, recordId, data, author, key }
}
