import type {
  WebhookNote,
  WebhookNoteKind,
  WebhookNotes,
  WebhookNotesCount,
} from '../../../ports/webhooks/webhook-notes.ts'
import type { Connections, Statement } from '../connection/connections.ts'
import type { SqlRow } from '../rows/rows.ts'

const columns = 'webhook, kind, key, at, text'

const save: Statement = {
  name: 'save webhook note',
  text: `INSERT INTO dovetail.webhook_notes (${columns}) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (webhook, kind, key) DO UPDATE SET at = excluded.at, text = excluded.text`,
}

const find: Statement = {
  name: 'find webhook note',
  text: `SELECT ${columns} FROM dovetail.webhook_notes WHERE webhook = $1 AND kind = $2 AND key = $3`,
}

const list: Statement = {
  name: 'list webhook notes',
  text: `SELECT ${columns} FROM dovetail.webhook_notes WHERE webhook = $1 AND kind = $2 AND (at, key) > ($3, $4)
    ORDER BY at, key LIMIT $5`,
}

const count: Statement = {
  name: 'count webhook notes',
  text: 'SELECT count(*)::bigint, min(at) FROM dovetail.webhook_notes WHERE webhook = $1 AND kind = $2',
}

const drop: Statement = {
  name: 'drop webhook note',
  text: 'DELETE FROM dovetail.webhook_notes WHERE webhook = $1 AND kind = $2 AND key = $3 RETURNING key',
}

const trim: Statement = {
  name: 'trim webhook notes',
  text: `DELETE FROM dovetail.webhook_notes WHERE webhook = $1 AND kind = $2 AND key IN (
      SELECT key FROM dovetail.webhook_notes WHERE webhook = $1 AND kind = $2 ORDER BY at DESC, key DESC OFFSET $3
    ) RETURNING key`,
}

export class WebhookNoteRows implements WebhookNotes {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  async save({ webhook, kind, key, at, text }: WebhookNote): Promise<void> {
    await this.#connections.write(save, [webhook, kind, key, at, text])
  }

  async find(webhook: string, kind: WebhookNoteKind, key: string): Promise<WebhookNote | null> {
    const [row] = await this.#connections.read(find, [webhook, kind, key])
    return row === undefined ? null : noteOf(row)
  }

  async list(
    webhook: string,
    kind: WebhookNoteKind,
    { after, limit }: Parameters<WebhookNotes['list']>[2],
  ): Promise<readonly WebhookNote[]> {
    const rows = await this.#connections.read(list, [webhook, kind, after?.at ?? -1, after?.key ?? '', limit])
    return rows.map(noteOf)
  }

  async count(webhook: string, kind: WebhookNoteKind): Promise<WebhookNotesCount> {
    const [row] = await this.#connections.read(count, [webhook, kind])
    const [found, oldestAt] = (row ?? [0, null]) as [number, number | null]
    return { count: found, oldestAt }
  }

  async drop(webhook: string, kind: WebhookNoteKind, key: string): Promise<boolean> {
    return (await this.#connections.write(drop, [webhook, kind, key])).length === 1
  }

  async trim(webhook: string, kind: WebhookNoteKind, most: number): Promise<number> {
    return (await this.#connections.write(trim, [webhook, kind, most])).length
  }
}

function noteOf(row: SqlRow): WebhookNote {
  const [webhook, kind, key, at, text] = row as [string, WebhookNoteKind, string, number, string]
  return { webhook, kind, key, at, text }
}
