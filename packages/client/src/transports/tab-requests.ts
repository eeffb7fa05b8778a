import type { DownEvent } from 'dovetail-protocol'
import { formatCursor, parseCursor } from 'dovetail-protocol/cursor'
import type { Round } from './round.ts'

/** What one tab follows. */
export type TabRequest = Pick<Round, 'subs' | 'extras'>

/**
 * What the tabs of a leader follow, and from where its next request starts. Each tab has joined by itself and skips
 * ranges that it already has, so the leader starts from the lowest cursor.
 */
export class TabRequests {
  readonly #requests = new Map<string, TabRequest>()
  readonly #cursors = new Map<string, string>()

  clear(): void {
    this.#requests.clear()
    this.#cursors.clear()
  }

  /** Returns whether the tab is new here. */
  add(tab: string, request: TabRequest): boolean {
    const isNew = !this.#requests.has(tab)
    this.#requests.set(tab, request)
    for (const [channel, cursor] of Object.entries(request.subs)) {
      this.#cursors.set(channel, lower(cursor, this.#cursors.get(channel) ?? cursor))
    }
    return isNew
  }

  /** Returns whether the tab was there. */
  remove(tab: string): boolean {
    return this.#requests.delete(tab)
  }

  /** One request for the channels of all tabs. */
  all(): TabRequest {
    const subs: Record<string, string> = {}
    let extras: Record<string, string> = {}
    for (const request of this.#requests.values()) {
      extras = { ...request.extras, ...extras }
      for (const channel of Object.keys(request.subs)) subs[channel] = this.#cursors.get(channel) ?? '0'
    }
    // Only where every tab can add pieces to records.
    if ([...this.#requests.values()].every((request) => request.extras.appends !== undefined)) return { subs, extras }
    const { appends: _, ...others } = extras
    return { subs, extras: others }
  }

  /** Moves a channel's cursor to where a frame leads. */
  advance(frame: DownEvent): void {
    if (frame.op === 'reset') this.#cursors.set(frame.channel, frame.cursor)
    if (frame.op !== 'changes') return
    const epoch = frame.epoch ?? parseCursor(this.#cursors.get(frame.channel) ?? '0')?.epoch ?? null
    this.#cursors.set(frame.channel, formatCursor(epoch, frame.to))
  }
}

/** The lower one of two cursors. */
function lower(a: string, b: string): string {
  return (parseCursor(a)?.rev ?? 0) < (parseCursor(b)?.rev ?? 0) ? a : b
}
