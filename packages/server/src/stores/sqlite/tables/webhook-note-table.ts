import type {
  WebhookNote,
  WebhookNoteKind,
  WebhookNotes,
  WebhookNotesCount,
} from '../../../ports/webhooks/webhook-notes.ts'
import type { Database, SqlRow, Statement } from '../driver/driver.ts'

/** Writes of webhooks' notes, each in a transaction of its own. */
export class WebhookNoteTable {
  readonly #transaction: <Result>(change: () => Result) => Result
  readonly #save: Statement
  readonly #drop: Statement
  readonly #trim: Statement

  constructor(database: Database, transaction: <Result>(change: () => Result) => Result) {
    this.#transaction = transaction
    this.#save = database.prepare(
      'INSERT INTO webhook_notes (webhook, kind, key, at, text) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at, text = excluded.text',
    )
    this.#drop = database.prepare('DELETE FROM webhook_notes WHERE webhook = ? AND kind = ? AND key = ?')
    this.#trim = database.prepare(
      'DELETE FROM webhook_notes WHERE rowid IN (SELECT rowid FROM webhook_notes WHERE webhook = ? AND kind = ? ORDER BY at DESC, key DESC LIMIT -1 OFFSET ?)',
    )
  }

  save({ webhook, kind, key, at, text }: WebhookNote): void {
    this.#transaction(() => this.#save.run(webhook, kind, key, at, text))
  }

  drop(webhook: string, kind: WebhookNoteKind, key: string): boolean {
    return this.#transaction(() => Number(this.#drop.run(webhook, kind, key).changes) === 1)
  }

  trim(webhook: string, kind: WebhookNoteKind, most: number): number {
    return this.#transaction(() => Number(this.#trim.run(webhook, kind, most).changes))
  }
}

const columns = 'webhook, kind, key, at, text'

/** Reads of webhooks' notes, done in the calling thread. */
export class WebhookNoteReads {
  readonly #find: Statement
  readonly #list: Statement
  readonly #count: Statement

  constructor(database: Database) {
    this.#find = database.prepare(`SELECT ${columns} FROM webhook_notes WHERE webhook = ? AND kind = ? AND key = ?`)
    this.#list = database.prepare(
      `SELECT ${columns} FROM webhook_notes WHERE webhook = ? AND kind = ? AND (at, key) > (?, ?) ORDER BY at, key LIMIT ?`,
    )
    this.#count = database.prepare('SELECT count(*), min(at) FROM webhook_notes WHERE webhook = ? AND kind = ?')
  }

  find(webhook: string, kind: WebhookNoteKind, key: string): WebhookNote | null {
    const row = this.#find.get(webhook, kind, key)
    return row === undefined ? null : noteOf(row)
  }

  list(webhook: string, kind: WebhookNoteKind, { after, limit }: Parameters<WebhookNotes['list']>[2]): WebhookNote[] {
    return this.#list.all(webhook, kind, after?.at ?? -1, after?.key ?? '', limit).map(noteOf)
  }

  count(webhook: string, kind: WebhookNoteKind): WebhookNotesCount {
    const [count, oldestAt] = (this.#count.get(webhook, kind) ?? [0, null]) as [number, number | null]
    return { count, oldestAt }
  }
}

function noteOf(row: SqlRow): WebhookNote {
  const [webhook, kind, key, at, text] = row as [string, WebhookNoteKind, string, number, string]
  return { webhook, kind, key, at, text }
}
