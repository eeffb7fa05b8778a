/**
 * Takes what is appended to records in place of whole records: `createClient({ growing })`, with `growing` from
 * `dovetail-client/growing`, for pages that show a text while it is written. It stands between the connection and the
 * subscriptions: it asks for pieces, and turns each into the whole record, so that views and `follow` know nothing of it.
 *
 * A piece is added to the record as it came last. Where none came, such as on a page that read it by REST, the record is
 * read once; what comes of its channel meanwhile waits, so that the order stays.
 */
import type { AppendChange, Change, DownEvent, LiveRecord } from 'dovetail-protocol'
import { backOffMs } from './base/back-off.ts'
import type { DovetailError } from './base/errors.ts'
import type { Growing, Network } from './base/network.ts'
import { channelPath } from './base/rest.ts'
import { grown } from './growing/grown.ts'
import type { Link, LinkEvents, SubscribeRequest } from './transports/transport.ts'

export type { Growing }

type OpenGrowing = (open: (events: LinkEvents) => Link, network: Network, events: LinkEvents) => Link

const openGrowing: OpenGrowing = (open, network, events) => {
  const pieces = new Pieces(network, events)
  return pieces.over(open(pieces.events))
}

/** An option of `createClient`. */
export const growing = openGrowing as unknown as Growing

type ChannelEvent = Extract<DownEvent, { op: 'changes' | 'reset' | 'ended' }>
type AnyChange = Change | AppendChange

/** The most records of one channel that are kept to add pieces to. */
const maxRecords = 300

class Pieces {
  readonly events: LinkEvents
  readonly #network: Network
  readonly #events: LinkEvents
  readonly #channels = new Map<string, ChannelPieces>()
  /** The request that the client made, by the one that was sent. */
  readonly #requests = new WeakMap<SubscribeRequest, SubscribeRequest>()
  #closed = false

  constructor(network: Network, events: LinkEvents) {
    this.#network = network
    this.#events = events
    const asked = (sent: SubscribeRequest) => this.#requests.get(sent) ?? sent
    this.events = {
      ...events,
      ready: () => events.ready(),
      opened: (user) => events.opened(user),
      measured: (rttMs) => events.measured(rttMs),
      cursorOf: (channel) => events.cursorOf(channel),
      lost: (error) => {
        this.#closed = true
        events.lost(error)
      },
      refused: (request, error) => events.refused(asked(request), error),
      subscribed: (request, ok) => {
        const records = Object.entries(ok.snapshot ?? {}).flatMap(([collection, page]) =>
          page.records.map((record) => ({ collection, record })),
        )
        this.#channels.set(request.channel, new ChannelPieces(this.#reader(request.channel), records))
        events.subscribed(asked(request), ok)
      },
      frame: (frame) => this.#frame(frame),
    }
  }

  /** The link with subscribes that ask for pieces. */
  over(link: Link): Link {
    return {
      name: link.name,
      send: link.send,
      post: (command) => link.post(command),
      refresh: () => link.refresh(),
      probe: () => link.probe(),
      unsubscribe: (channel) => {
        this.#channels.delete(channel)
        link.unsubscribe(channel)
      },
      subscribe: (request) => {
        const sent = { ...request, appends: true } as const
        this.#requests.set(sent, request)
        link.subscribe(sent)
      },
      close: (code, reason) => {
        this.#closed = true
        link.close(code, reason)
      },
    }
  }

  #frame(frame: DownEvent): void {
    const pieces = 'channel' in frame ? this.#channels.get(frame.channel) : undefined
    if (pieces === undefined || !isOfLog(frame)) this.#events.frame(frame)
    else pieces.take(frame)
  }

  #reader(channel: string): Reader {
    const { rest, clock, random } = this.#network
    const isOver = (pieces: ChannelPieces) => this.#closed || this.#channels.get(channel) !== pieces
    const read = async (pieces: ChannelPieces, path: string): Promise<LiveRecord | null> => {
      for (let failures = 0; !isOver(pieces); failures += 1) {
        try {
          return await rest.get<LiveRecord>(`${channelPath(channel)}/${path}`)
        } catch (cause) {
          const error = cause as DovetailError
          if (!error.retryable) return null
          const delayMs = backOffMs(failures, random, (error.retryAfter ?? 0) * 1000)
          await new Promise<void>((resolve) => clock.after(delayMs, resolve))
        }
      }
      return null
    }
    return { read, give: (pieces, frame) => isOver(pieces) || this.#events.frame(frame) }
  }
}

interface Reader {
  /** `null`: the record can't be read, since it is gone or may not be read any more. */
  read(pieces: ChannelPieces, path: string): Promise<LiveRecord | null>
  give(pieces: ChannelPieces, frame: DownEvent): void
}

/** The records of one subscription to which pieces may come. */
class ChannelPieces {
  readonly #reader: Reader
  readonly #records = new Map<string, LiveRecord>()
  /** What came while a record is read; `null`: none is. */
  #waiting: ChannelEvent[] | null = null

  constructor(reader: Reader, records: readonly Change[]) {
    this.#reader = reader
    for (const change of records) this.#keep(change)
  }

  take(frame: ChannelEvent): void {
    if (this.#waiting !== null) this.#waiting.push(frame)
    else if (frame.op !== 'changes') this.#pass(frame)
    else this.#change(frame)
  }

  #pass(frame: ChannelEvent): void {
    this.#records.clear()
    this.#reader.give(this, frame)
  }

  #change(frame: Extract<ChannelEvent, { op: 'changes' }>): void {
    const lacking = (frame.changes as AnyChange[]).find((change) => 'append' in change && !this.#fits(change))
    if (lacking !== undefined && 'append' in lacking) {
      void this.#read(frame, lacking)
      return
    }
    const changes = (frame.changes as AnyChange[]).flatMap((change) => {
      if (!('append' in change)) return [this.#keep(change)]
      const record = grown(this.#records.get(nameOf(change)) as LiveRecord, change.append)
      // A record that was read ahead of the log comes with a later frame.
      return record.rev > frame.to ? [] : [this.#keep({ collection: change.collection, record })]
    })
    this.#reader.give(this, { ...frame, changes })
  }

  #fits(change: AppendChange): boolean {
    return (this.#records.get(nameOf(change))?.rev ?? 0) >= change.append.from
  }

  async #read(frame: Extract<ChannelEvent, { op: 'changes' }>, change: AppendChange): Promise<void> {
    const waiting: ChannelEvent[] = [frame]
    this.#waiting = waiting
    const record = await this.#reader.read(this, `${change.collection}/${encodeURIComponent(change.append.id)}`)
    if (record !== null && record.rev >= change.append.from) this.#keep({ collection: change.collection, record })
    else waiting[0] = { ...frame, changes: frame.changes.filter((each) => (each as AnyChange) !== change) }
    this.#waiting = null
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      this.take(next)
      // Another record has to be read: what is left comes after it.
      if (this.#waiting !== null) {
        ;(this.#waiting as ChannelEvent[]).push(...waiting)
        return
      }
    }
  }

  #keep(change: Change): Change {
    const name = `${change.collection}/${change.record.id}`
    this.#records.delete(name)
    if (!change.record.deleted) this.#records.set(name, change.record)
    const [oldest] = this.#records.keys()
    if (this.#records.size > maxRecords && oldest !== undefined) this.#records.delete(oldest)
    return change
  }
}

function isOfLog(frame: DownEvent): frame is ChannelEvent {
  return frame.op === 'changes' || frame.op === 'reset' || frame.op === 'ended'
}

function nameOf({ collection, append }: AppendChange): string {
  return `${collection}/${append.id}`
}
