/**
 * A reader made from docs/protocol.md alone: a page (or a snapshot) and the stream from the same cursor, joined by
 * revision. Unlike the SDK it hides nothing: it keeps every range and reset that it was sent, for the checker.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { epochOf, type Observation, type Range, type ResetNotice, revisionOf, type Segment } from 'dovetail-lab/check'
import type { AnyRecord, Page } from 'dovetail-protocol'
import { WebSocket } from 'ws'
import { createRest, type Rest } from '../support/clients/rest.ts'
import { at } from '../support/paths.ts'
import type { Reader, ReaderOptions } from './reader.ts'

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
} & Partial<Range> & { readonly reason?: string; readonly epoch?: string; readonly cursor?: string }

const retryMs = 30

export class RawReader implements Reader {
  readonly #options: ReaderOptions
  readonly #rest: Rest
  readonly #segments: Segment[] = []
  readonly #resets: ResetNotice[] = []
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

  get observation(): Observation {
    return {
      name: this.#options.name,
      segments: this.#segments,
      resets: this.#resets,
      epoch: epochOf(this.#cursor ?? '0'),
      rev: this.#rev,
      view: [...this.#view.values()],
      histories: [],
    }
  }

  async open(): Promise<void> {
    const { random, progress, start } = this.#options
    if (start === 'page') {
      await this.#untilDone(() => this.#readNewest(random.between(1, 51)))
      // The window in which naive joins lose messages: writes between the page and the subscription.
      await progress.reached(progress.count + random.between(0, 4))
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
    const { port, channel, random } = this.#options
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/ws`, ['dovetail.v1'])
      this.#socket = socket
      let segment: Segment | null = null
      const start = this.#cursor === null ? { last: { messages: random.between(1, 51) } } : { after: this.#cursor }
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
        } else if (frame.op === 'reset') this.#noteReset(`reset frame: ${frame.reason}`, frame.cursor)
        else if (frame.op === 'changes' && segment !== null) this.#take(segment, frame as Range, frame.epoch)
        else if (frame.op === 'changes') this.#noteReset('changes came before the reply to the subscribe', this.#cursor)
      })
      socket.on('close', () => {
        if (segment === null) reject(new Error('the connection was cut'))
        else if (!this.#stopped) void this.#comeBack()
      })
    })
  }

  #begin(ok: SubscribeOk): Segment {
    if (ok.resume === 'reset') this.#noteReset(`reset reply: ${ok.reason}`, ok.cursor)
    const start = revisionOf(ok.cursor)
    const segment: Segment = { epoch: epochOf(ok.cursor), start, ranges: [] }
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

  #noteReset(reason: string, cursor: string | null = null): void {
    this.#resets.push({ reason, fromEpoch: epochOf(this.#cursor ?? '0'), toEpoch: epochOf(cursor ?? '0') })
  }

  #take(segment: Segment, range: Range, epoch: string | undefined): void {
    segment.ranges.push({ from: range.from, to: range.to, changes: range.changes })
    for (const { collection, record } of range.changes) if (collection === 'messages') this.#merge(record)
    this.#rev = Math.max(this.#rev, range.to)
    // A reader of a channel that was empty learns the epoch with its first changes.
    this.#cursor = `${epoch ?? epochOf(this.#cursor ?? '0')}.${this.#rev}`
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

  async reached(epoch: string | null, rev: number): Promise<void> {
    await this.#older
    const isThere = (): boolean => this.#rev >= rev && epochOf(this.#cursor ?? '0') === epoch
    if (isThere()) return
    await new Promise<void>((resolve) => {
      this.#watchers.push(() => {
        if (isThere()) resolve()
      })
    })
  }

  close(): void {
    this.#stopped = true
    this.#socket?.terminate()
    this.#rest.close()
  }
}
