/**
 * A reader made from the protocol page alone: a page (or a snapshot) and the stream from the same
 * cursor, joined by revision. It trusts nothing and writes down what it was sent.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { AnyRecord, Page } from '@dovetail/protocol'
import { WebSocket } from 'ws'
import { at } from '../support/paths.ts'
import { createRest, type Rest } from '../support/rest.ts'
import type { Range, Reader, ReaderOptions, Seen, Segment } from './reader.ts'

interface SubscribeOk {
  readonly resume: string
  readonly reason?: string
  readonly cursor: string
  readonly snapshot?: { readonly messages: { readonly records: readonly AnyRecord[]; readonly before: number | null } }
}

type Down = {
  readonly id?: number
  readonly op?: string
  readonly ok?: SubscribeOk
  readonly error?: { readonly code: string }
} & Partial<Range> & { readonly reason?: string; readonly epoch?: string }

const retryMs = 30

export class RawReader implements Reader {
  readonly #options: ReaderOptions
  readonly #rest: Rest
  readonly #segments: Segment[] = []
  readonly #resets: string[] = []
  readonly #view = new Map<string, AnyRecord>()
  #cursor: string | null = null
  #rev = 0
  #socket: WebSocket | null = null
  #stopped = false
  #watchers: (() => void)[] = []
  #older: Promise<void> = Promise.resolve()
  #away: Promise<void> = Promise.resolve()

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#rest = createRest({ port: options.port })
  }

  get seen(): Seen {
    return {
      name: this.#options.name,
      segments: this.#segments,
      resets: this.#resets,
      rev: this.#rev,
      view: [...this.#view.values()],
    }
  }

  async open(): Promise<void> {
    const { dice, progress, way } = this.#options
    if (way === 'page') {
      await this.#untilDone(() => this.#readNewest(dice.between(1, 51)))
      // The window in which naive joins lose messages: writes between the page and the subscription.
      await progress.reached(progress.count + dice.between(0, 4))
    }
    await this.#connect()
  }

  async #readNewest(limit: number): Promise<void> {
    const page = await this.#page(`limit=${limit}`)
    this.#cursor = page.cursor
    this.#rev = revisionOf(page.cursor ?? '0')
    this.#older = this.#readOlder(page.before)
  }

  async #page(query: string): Promise<Page> {
    const answer = await this.#rest.get<Page>(`${at(this.#options.channel)}?${query}`)
    if (answer.status !== 200) throw new Error(`a page was refused: ${answer.text}`)
    for (const record of answer.body.records) this.#merge(record)
    return answer.body
  }

  /** History, while the stream flows: what it says is older or newer than what the stream said. */
  async #readOlder(start: number | null): Promise<void> {
    let before = start
    while (before !== null && !this.#stopped) {
      const from: number = before
      await this.#untilDone(async () => {
        before = (await this.#page(`limit=20&before=${from}`)).before
      })
    }
  }

  /** The server may be away: that costs time and nothing else. */
  async #untilDone(step: () => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      try {
        return await step()
      } catch {
        await pause(retryMs)
      }
    }
  }

  async #connect(): Promise<void> {
    await this.#untilDone(() => this.#subscribe())
  }

  async #comeBack(): Promise<void> {
    await this.#away
    await pause(retryMs)
    await this.#connect()
  }

  #subscribe(): Promise<void> {
    const { port, channel, dice } = this.#options
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/ws`, ['dovetail.v1'])
      this.#socket = socket
      let segment: Segment | null = null
      const start = this.#cursor === null ? { last: { messages: dice.between(1, 51) } } : { after: this.#cursor }
      socket.on('error', () => {})
      socket.on('open', () => {
        socket.send(JSON.stringify({ id: 1, op: 'hello' }))
        socket.send(JSON.stringify({ id: 2, op: 'subscribe', channel, ...start }))
      })
      socket.on('message', (data) => {
        const frame = JSON.parse(String(data)) as Down
        if (frame.error !== undefined) reject(new Error(frame.error.code))
        else if (frame.id === 2 && frame.ok !== undefined) {
          segment = this.#begin(frame.ok)
          resolve()
        } else if (frame.op === 'reset') this.#resets.push(`reset frame: ${frame.reason}`)
        else if (frame.op === 'changes' && segment !== null) this.#take(segment, frame as Range, frame.epoch)
        else if (frame.op === 'changes') this.#resets.push('changes came before the reply to the subscribe')
      })
      socket.on('close', () => {
        if (segment === null) reject(new Error('the line was cut'))
        else if (!this.#stopped) void this.#comeBack()
      })
    })
  }

  #begin(ok: SubscribeOk): Segment {
    if (ok.resume === 'reset') this.#resets.push(`reset reply: ${ok.reason}`)
    const start = revisionOf(ok.cursor)
    const segment: Segment = { start, ranges: [] }
    this.#segments.push(segment)
    if (this.#cursor === null || ok.resume === 'reset') this.#rev = start
    this.#cursor = ok.cursor
    const { messages } = ok.snapshot ?? {}
    if (messages !== undefined) {
      for (const record of messages.records) this.#merge(record)
      this.#older = this.#readOlder(messages.before)
    }
    return segment
  }

  #take(segment: Segment, range: Range, epoch: string | undefined): void {
    segment.ranges.push({ from: range.from, to: range.to, changes: range.changes })
    for (const { collection, record } of range.changes) if (collection === 'messages') this.#merge(record)
    this.#rev = Math.max(this.#rev, range.to)
    // A reader that had nothing is told the epoch with its first changes.
    this.#cursor = `${epoch ?? this.#cursor?.split('.')[0]}.${this.#rev}`
    for (const watcher of this.#watchers) watcher()
  }

  #merge(record: AnyRecord): void {
    const held = this.#view.get(record.id)
    if (held === undefined || held.rev < record.rev) this.#view.set(record.id, record)
  }

  drop(until: Promise<void>): void {
    this.#away = until
    this.#socket?.terminate()
  }

  async reached(rev: number): Promise<void> {
    await this.#older
    if (this.#rev >= rev) return
    await new Promise<void>((resolve) => {
      this.#watchers.push(() => {
        if (this.#rev >= rev) resolve()
      })
    })
  }

  close(): void {
    this.#stopped = true
    this.#socket?.terminate()
    this.#rest.close()
  }
}

function revisionOf(cursor: string): number {
  return Number(cursor.split('.')[1] ?? 0)
}
