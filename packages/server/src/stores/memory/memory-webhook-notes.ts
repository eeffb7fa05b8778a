/** Notes of webhooks in memory: for `memory:`, where a restart loses everything. */
import type {
  WebhookNote,
  WebhookNoteKind,
  WebhookNotes,
  WebhookNotesCount,
} from '../../ports/webhooks/webhook-notes.ts'

export class MemoryWebhookNotes implements WebhookNotes {
  /** By webhook, kind and key. */
  readonly #notes = new Map<string, WebhookNote>()

  async save(note: WebhookNote): Promise<void> {
    this.#notes.set(keyOf(note.webhook, note.kind, note.key), note)
  }

  async find(webhook: string, kind: WebhookNoteKind, key: string): Promise<WebhookNote | null> {
    return this.#notes.get(keyOf(webhook, kind, key)) ?? null
  }

  async list(
    webhook: string,
    kind: WebhookNoteKind,
    { after, limit }: Parameters<WebhookNotes['list']>[2],
  ): Promise<readonly WebhookNote[]> {
    const sorted = this.#sorted(webhook, kind)
    return sorted.filter((note) => after === null || compare(note, after) > 0).slice(0, limit)
  }

  async count(webhook: string, kind: WebhookNoteKind): Promise<WebhookNotesCount> {
    const sorted = this.#sorted(webhook, kind)
    return { count: sorted.length, oldestAt: sorted[0]?.at ?? null }
  }

  async drop(webhook: string, kind: WebhookNoteKind, key: string): Promise<boolean> {
    return this.#notes.delete(keyOf(webhook, kind, key))
  }

  async trim(webhook: string, kind: WebhookNoteKind, most: number): Promise<number> {
    const sorted = this.#sorted(webhook, kind)
    const surplus = sorted.slice(0, Math.max(0, sorted.length - most))
    for (const { key } of surplus) this.#notes.delete(keyOf(webhook, kind, key))
    return surplus.length
  }

  #sorted(webhook: string, kind: WebhookNoteKind): readonly WebhookNote[] {
    return [...this.#notes.values()].filter((note) => note.webhook === webhook && note.kind === kind).sort(compare)
  }
}

/** No name of a webhook has a space. */
function keyOf(webhook: string, kind: WebhookNoteKind, key: string): string {
  return `${webhook} ${kind} ${key}`
}

type Location = Pick<WebhookNote, 'at' | 'key'>

function compare(a: Location, b: Location): number {
  return a.at - b.at || (a.key < b.key ? -1 : Number(a.key > b.key))
}
