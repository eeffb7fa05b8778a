import { type AnyRecord, type AppendChange, type Change, formatCursor, parseCursor } from 'dovetail-protocol'
import { encodeRecord } from '../../wire/record.ts'
import { anonymous } from '../access/caller.ts'
import type { Core } from '../core.ts'
import { readPage } from '../read/read.ts'
import { type Subscription, subscribe } from '../read/subscribe.ts'
import { GateOutlet } from './gate-outlet.fixture.ts'

type Start = 'zero' | 'now' | 'page' | 'snapshot'

/** Where a reader stands, and each record that it holds in its latest state, tombstones too. */
interface View {
  epoch: string | null
  rev: number
  /** Whether it holds all up to `rev`, or only what changed since it came. */
  isWhole: boolean
  readonly since: number
  readonly records: Map<string, AnyRecord>
  /** Records of which only pieces came, since it holds only what changed since it came. */
  readonly lacking: Set<string>
}

/** A strict client of the protocol: it throws on a range that does not join, and on a record sent twice or out of order. */
export class SimulatedReader {
  #core: Core
  readonly #channel: string
  readonly #random: () => number
  /** Whether it takes what was appended in place of whole records. */
  readonly #appends: boolean
  readonly #story: string[] = []
  #view: View | null = null
  #outlet = new GateOutlet()
  #subscription: Subscription | null = null
  #taken = 0
  #connecting = false
  /** How often it was reset. */
  resets = 0
  /** How many pieces it has added to a record. */
  pieces = 0

  constructor(core: Core, channel: string, random: () => number) {
    this.#core = core
    this.#channel = channel
    this.#random = random
    this.#appends = random() < 0.5
  }

  get isConnected(): boolean {
    return this.#subscription !== null
  }

  get cursor(): string | null {
    return this.#view === null ? null : formatCursor(this.#view.epoch, this.#view.rev)
  }

  get story(): string {
    return this.#story.slice(-12).join(' | ')
  }

  /** The next connection is to another node. */
  moveTo(core: Core): void {
    if (!this.#connecting) this.#core = core
  }

  /** Resumes from what it holds; a new one starts at nothing, now, at a page or with a snapshot. */
  async connect(): Promise<void> {
    if (this.#subscription !== null || this.#connecting) return
    this.#connecting = true
    try {
      const starts: readonly Start[] = ['zero', 'now', 'page', 'snapshot']
      const start = starts[Math.floor(this.#random() * starts.length)] ?? 'zero'
      if (this.#view === null && start === 'page') this.#view = await this.#page()
      const after = this.cursor ?? (start === 'zero' ? '0' : null)
      const last = after === null && start === 'snapshot' ? { messages: 500 } : null
      const outlet = new GateOutlet(1 + Math.floor(this.#random() * 4))
      const options = {
        signals: false,
        presence: false,
        demand: false,
        counted: true,
        appends: this.#appends,
        maxBytes: null,
        onEnded: () => {},
        onBroken: (error: unknown) => this.#core.report(error, 'reading'),
      }
      const subscription = await subscribe(
        this.#core,
        anonymous,
        { channel: this.#channel, after, last },
        outlet,
        options,
      )
      this.#subscription = subscription
      this.#outlet = outlet
      this.#taken = 0
      this.#welcome(subscription, after)
      subscription.feed.begin()
    } finally {
      this.#connecting = false
    }
  }

  async #page(): Promise<View> {
    const page = await readPage(this.#core, anonymous, {
      channel: this.#channel,
      collection: 'messages',
      from: { newest: true },
      limit: 500,
    })
    const cursor = parseCursor(page.cursor)
    return viewOf(cursor?.epoch ?? null, cursor?.rev ?? 0, true, page.records.map(parsed))
  }

  #welcome(subscription: Subscription, after: string | null): void {
    const { resume, reason, cursor, epoch, snapshot } = subscription
    this.#note(`${after} → ${resume} ${reason ?? ''} ${cursor}`)
    const at = parseCursor(cursor)
    if (at === null) throw new Error(`no cursor: ${cursor}`)
    if (reason === 'ahead') throw new Error(`ahead, though every cursor was given by the server: ${this.story}`)
    if (resume === 'reset') this.resets++
    if (resume === 'reset' || after === null) {
      const records = snapshot?.get('messages')?.records
      this.#view = viewOf(epoch, at.rev, records !== undefined || at.rev === 0, (records ?? []).map(parsed))
      return
    }
    if (cursor !== after) throw new Error(`asked for ${after}, was given ${cursor}`)
    this.#view ??= viewOf(null, 0, true, [])
  }

  cut(): void {
    this.#subscription?.feed.close()
    this.#subscription = null
    this.#note('cut')
  }

  makeRoom(): void {
    this.#outlet.open(1 + Math.floor(this.#random() * 4))
  }

  /** Takes the next message; those that are still on the line are lost with a cut. */
  take(): void {
    const frame = this.#outlet.frames[this.#taken]
    if (this.#subscription === null || frame === undefined) return
    this.#taken++
    this.#hear(JSON.parse(frame.json) as Message)
  }

  takeAll(): void {
    while (this.#subscription !== null && this.#taken < this.#outlet.frames.length) this.take()
  }

  #hear(message: Message): void {
    switch (message.op) {
      case 'changes':
        this.#fold(message)
        return
      case 'reset': {
        this.#note(`reset ${message.reason} ${message.cursor}`)
        this.resets++
        // What it held is void. It starts from nothing, as a client that reads again.
        this.#view = null
        this.cut()
        return
      }
      case 'ended':
        this.#note('ended')
        this.#view = null
        this.cut()
    }
  }

  #fold({ from, to, epoch, changes }: Extract<Message, { op: 'changes' }>): void {
    const view = this.#view
    if (view === null) throw new Error('changes before a reply')
    this.#note(
      `${from}-${to}:${changes.map((change) => ('append' in change ? `${change.append.id}${change.append.from}+${change.append.rev}` : `${change.record.id}${change.record.rev}${change.record.deleted === true ? 'x' : ''}`)).join()}`,
    )
    if (from !== view.rev || to <= from)
      throw new Error(`a reader at ${view.rev} is given ${from} to ${to}: ${this.story}`)
    if (from === 0 && epoch === undefined) throw new Error('a frame from 0 has no epoch')
    if (epoch !== undefined) view.epoch = epoch
    let last = from
    for (const change of changes) {
      const record = 'append' in change ? this.#grown(view, change) : change.record
      const { rev } = 'append' in change ? change.append : change.record
      if (rev <= last || rev > to) throw new Error(`revision ${rev} after ${last} in ${from} to ${to}`)
      last = rev
      if (record === null) continue
      view.records.set(`${change.collection}/${record.id}`, record)
      view.lacking.delete(record.id)
    }
    view.rev = to
  }

  /** The record that it holds, with what was appended; `null`: it came later than the record, and holds nothing of it. */
  #grown(view: View, { collection, append }: AppendChange): AnyRecord | null {
    if (!this.#appends) throw new Error('pieces for a reader that did not ask')
    const held = view.records.get(`${collection}/${append.id}`)
    if (held === undefined && !view.isWhole) {
      view.lacking.add(append.id)
      return null
    }
    if (held === undefined || held.deleted || held.rev < append.from)
      throw new Error(`holds ${JSON.stringify(held)} and is given ${JSON.stringify(append)}: ${this.story}`)
    this.pieces++
    const data = { ...(held.data as Record<string, string>) }
    for (const { path, at, value } of append.pieces)
      data[path.slice(1)] = `${data[path.slice(1)]?.slice(0, at)}${value}`
    return { ...held, rev: append.rev, updatedAt: append.updatedAt, data }
  }

  /** Throws where what it holds is not what a fresh read gives. */
  compare(fresh: readonly AnyRecord[]): void {
    const view = this.#view
    if (view === null) throw new Error('nothing was read')
    const held = [...view.records.values()].filter((record) => record.deleted !== true).sort((a, b) => a.pos - b.pos)
    const expected = view.isWhole ? fresh : fresh.filter(({ id, rev }) => rev > view.since && !view.lacking.has(id))
    const [a, b] = [JSON.stringify(held), JSON.stringify(expected)]
    if (a !== b) throw new Error(`held ${a}\nfresh ${b}\nstory ${this.story}`)
  }

  #note(text: string): void {
    this.#story.push(text)
  }
}

type Message =
  | {
      readonly op: 'changes'
      readonly from: number
      readonly to: number
      readonly epoch?: string
      readonly changes: readonly (Change | AppendChange)[]
    }
  | { readonly op: 'reset'; readonly reason: string; readonly cursor: string }
  | { readonly op: 'ended' }

function viewOf(epoch: string | null, rev: number, isWhole: boolean, records: readonly AnyRecord[]): View {
  return {
    epoch,
    rev,
    isWhole,
    since: rev,
    lacking: new Set(),
    records: new Map(records.map((record) => [`messages/${record.id}`, record])),
  }
}

function parsed(record: Parameters<typeof encodeRecord>[0]): AnyRecord {
  return JSON.parse(encodeRecord(record)) as AnyRecord
}
