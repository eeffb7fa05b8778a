/**
 * What is kept of webhooks beside their positions: short notes, each by the name of its webhook, its kind and a key. All
 * times are milliseconds since the Unix epoch.
 */

/** `failing`: a channel whose next event was not accepted yet; `dead`: an event that was given up; `ended`: no more is sent. */
export type WebhookNoteKind = 'failing' | 'dead' | 'ended'

export interface WebhookNote {
  readonly webhook: string
  readonly kind: WebhookNoteKind
  readonly key: string
  readonly at: number
  readonly text: string
}

export interface WebhookNotesCount {
  readonly count: number
  /** `null`: there are none. */
  readonly oldestAt: number | null
}

/** Each write resolves when it is durable. Every method throws `StoreUnavailable`. */
export interface WebhookNotes {
  /** Writes the note in the place of the one with its webhook, kind and key. */
  save(note: WebhookNote): Promise<void>
  find(webhook: string, kind: WebhookNoteKind, key: string): Promise<WebhookNote | null>
  /** Those behind `after` by `at` and `key`, in that order. `after` `null`: from the oldest. */
  list(
    webhook: string,
    kind: WebhookNoteKind,
    page: { readonly after: Pick<WebhookNote, 'at' | 'key'> | null; readonly limit: number },
  ): Promise<readonly WebhookNote[]>
  count(webhook: string, kind: WebhookNoteKind): Promise<WebhookNotesCount>
  /** `false`: there was none. */
  drop(webhook: string, kind: WebhookNoteKind, key: string): Promise<boolean>
  /** Deletes the oldest beyond the newest `most`. Returns how many. */
  trim(webhook: string, kind: WebhookNoteKind, most: number): Promise<number>
}
