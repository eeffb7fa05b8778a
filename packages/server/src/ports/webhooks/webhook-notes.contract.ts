/** The suite that every adapter of `webhook-notes.ts` passes. */
import { describe, expect, test } from 'vitest'
import type { WebhookNote, WebhookNotes } from './webhook-notes.ts'

interface NoteStore {
  readonly webhookNotes: WebhookNotes
  close(): Promise<void>
}

/** `reopen` closes the store and opens the same data again; `null`: nothing outlives the process. */
export type OpenWebhookNotes = () => Promise<{
  readonly store: NoteStore
  readonly reopen: (() => Promise<NoteStore>) | null
}>

const at = Date.UTC(2026, 10, 30)

function noteOf(key: string, more: Partial<WebhookNote> = {}): WebhookNote {
  return { webhook: 'orders', kind: 'dead', key, at, text: `{"of":"${key}"}`, ...more }
}

function keysOf(notes: readonly WebhookNote[]): string[] {
  return notes.map(({ key }) => key)
}

const all = { after: null, limit: 100 }

export function webhookNotesContract(open: OpenWebhookNotes): void {
  async function opened(run: (notes: WebhookNotes) => Promise<void>): Promise<void> {
    const { store } = await open()
    try {
      await run(store.webhookNotes)
    } finally {
      await store.close()
    }
  }

  describe('notes of webhooks', () => {
    test('a note is found by its webhook, kind and key, as it was saved last', () =>
      opened(async (notes) => {
        await notes.save(noteOf('chat:a'))
        const last = noteOf('chat:a', { at: at + 1, text: '{"é":"\\u2028 ✓"}' })
        await notes.save(last)
        expect(await notes.find('orders', 'dead', 'chat:a')).toEqual(last)
        expect(await notes.find('orders', 'failing', 'chat:a')).toBeNull()
        expect(await notes.find('others', 'dead', 'chat:a')).toBeNull()
        expect(await notes.find('orders', 'dead', 'chat:A')).toBeNull()
      }))

    test('notes are listed by their time, then their key, page by page', () =>
      opened(async (notes) => {
        for (const [key, later] of [
          ['d', 2],
          ['b', 1],
          ['a', 1],
          ['c', 0],
        ] as const)
          await notes.save(noteOf(key, { at: at + later }))
        await notes.save(noteOf('x', { kind: 'failing' }))
        await notes.save(noteOf('y', { webhook: 'others' }))
        expect(keysOf(await notes.list('orders', 'dead', all))).toEqual(['c', 'a', 'b', 'd'])
        const first = await notes.list('orders', 'dead', { after: null, limit: 2 })
        expect(keysOf(first)).toEqual(['c', 'a'])
        expect(keysOf(await notes.list('orders', 'dead', { after: first[1] ?? null, limit: 2 }))).toEqual(['b', 'd'])
      }))

    test('a count has the oldest time; there is none of nothing', () =>
      opened(async (notes) => {
        expect(await notes.count('orders', 'dead')).toEqual({ count: 0, oldestAt: null })
        await notes.save(noteOf('a', { at: at + 5 }))
        await notes.save(noteOf('b', { at: at + 3 }))
        await notes.save(noteOf('c', { at, kind: 'failing' }))
        expect(await notes.count('orders', 'dead')).toEqual({ count: 2, oldestAt: at + 3 })
      }))

    test('a dropped note is gone; others stay', () =>
      opened(async (notes) => {
        await notes.save(noteOf('a'))
        await notes.save(noteOf('b'))
        expect([await notes.drop('orders', 'dead', 'a'), await notes.drop('orders', 'dead', 'a')]).toEqual([
          true,
          false,
        ])
        expect(keysOf(await notes.list('orders', 'dead', all))).toEqual(['b'])
      }))

    test('a trim deletes the oldest', () =>
      opened(async (notes) => {
        for (const [later, key] of ['a', 'b', 'c', 'd'].entries()) await notes.save(noteOf(key, { at: at + later }))
        await notes.save(noteOf('e', { webhook: 'others' }))
        expect(await notes.trim('orders', 'dead', 4)).toBe(0)
        expect(await notes.trim('orders', 'dead', 2)).toBe(2)
        expect(keysOf(await notes.list('orders', 'dead', all))).toEqual(['c', 'd'])
        expect(keysOf(await notes.list('others', 'dead', all))).toEqual(['e'])
      }))

    test('where data outlives the process, notes do', async () => {
      const { store, reopen } = await open()
      await store.webhookNotes.save(noteOf('a'))
      const again = reopen === null ? store : await reopen()
      try {
        expect(await again.webhookNotes.list('orders', 'dead', all)).toEqual([noteOf('a')])
      } finally {
        await again.close()
      }
    })
  })
}
