import type {
  WebhookNote,
  WebhookNoteKind,
  WebhookNotes,
  WebhookNotesCount,
} from '../../ports/webhooks/webhook-notes.ts'
import type { WebhookNoteReads } from './tables/webhook-note-table.ts'
import type { WriterThread } from './threads/writer-thread.ts'

export interface WebhookNoteParts {
  readonly writer: Pick<WriterThread, 'call'>
  readonly reads: WebhookNoteReads
  /** Is given each write under way. */
  readonly written: <Result>(write: Promise<Result>) => Promise<Result>
  /** Does a read, and says where the file can't be read. */
  readonly read: <Result>(read: () => Result) => Result
}

/** Notes of webhooks: written by the writer's thread, read in the calling one. */
export class SqliteWebhookNotes implements WebhookNotes {
  readonly #parts: WebhookNoteParts

  constructor(parts: WebhookNoteParts) {
    this.#parts = parts
  }

  async save(note: WebhookNote): Promise<void> {
    await this.#parts.written(this.#parts.writer.call('saveNote', note))
  }

  async find(webhook: string, kind: WebhookNoteKind, key: string): Promise<WebhookNote | null> {
    return this.#parts.read(() => this.#parts.reads.find(webhook, kind, key))
  }

  async list(...query: Parameters<WebhookNotes['list']>): Promise<readonly WebhookNote[]> {
    return this.#parts.read(() => this.#parts.reads.list(...query))
  }

  async count(webhook: string, kind: WebhookNoteKind): Promise<WebhookNotesCount> {
    return this.#parts.read(() => this.#parts.reads.count(webhook, kind))
  }

  async drop(webhook: string, kind: WebhookNoteKind, key: string): Promise<boolean> {
    return await this.#parts.written(this.#parts.writer.call('dropNote', webhook, kind, key))
  }

  async trim(webhook: string, kind: WebhookNoteKind, most: number): Promise<number> {
    return await this.#parts.written(this.#parts.writer.call('trimNotes', webhook, kind, most))
  }
}
