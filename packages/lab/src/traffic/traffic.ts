/** Counts the bytes on the sockets of one candidate's clients, by purpose. */

/** Bytes one way. The parts add up to what the sockets carried, once no message is half-way. */
export interface Bytes {
  /** Request lines, status lines and headers, a WebSocket's upgrade included. */
  readonly httpHeaders: number
  /** Sizes and line ends around the chunks of an HTTP body. */
  readonly chunkFraming: number
  /** Frame headers, 2 to 14 bytes each. */
  readonly webSocketFraming: number
  readonly payload: number
  /** Counted at the socket, whatever the bytes were for. */
  readonly total: number
}

export interface TrafficFigures {
  readonly up: Bytes
  readonly down: Bytes
  /** Requests that read. A stream's or a socket's opening is one. */
  readonly requests: number
  /** Those of them whose answer brought nothing new. */
  readonly emptyRequests: number
  /** Writes that clients sent themselves. */
  readonly writes: number
  /** Connections opened: a TCP handshake each. */
  readonly connections: number
  /** Streams and sockets that broke, and connections that were refused. */
  readonly breaks: number
  /** WebSocket frames by the size of their header. */
  readonly framesUp: Readonly<Record<number, number>>
  readonly framesDown: Readonly<Record<number, number>>
  /** Packets of full size that the bytes of each write, or read, fill at least. */
  readonly packetsUp: number
  readonly packetsDown: number
}

export type Direction = 'up' | 'down'

/** What a packet of Ethernet's usual size carries: 1,500 bytes less 40 of IP and TCP and 12 of time stamps. */
export const packetPayload = 1448

type FanOutCost = Exclude<keyof Bytes, 'total'>
type Event = 'requests' | 'emptyRequests' | 'writes' | 'connections' | 'breaks'

export class Traffic {
  readonly #bytes: Record<Direction, Record<keyof Bytes, number>> = { up: noBytes(), down: noBytes() }
  readonly #frames: Record<Direction, Map<number, number>> = { up: new Map(), down: new Map() }
  readonly #packets: Record<Direction, number> = { up: 0, down: 0 }
  readonly #events: Record<Event, number> = { requests: 0, emptyRequests: 0, writes: 0, connections: 0, breaks: 0 }

  /** Bytes that one write gave to a socket, or one read took from it. */
  countBytes(direction: Direction, bytes: number): void {
    this.#bytes[direction].total += bytes
    this.#packets[direction] += Math.ceil(bytes / packetPayload)
  }

  attributeBytes(direction: Direction, on: FanOutCost, bytes: number): void {
    this.#bytes[direction][on] += bytes
  }

  countFrame(direction: Direction, header: number, payload: number): void {
    this.attributeBytes(direction, 'webSocketFraming', header)
    this.attributeBytes(direction, 'payload', payload)
    this.#frames[direction].set(header, (this.#frames[direction].get(header) ?? 0) + 1)
  }

  count(event: Event): void {
    this.#events[event]++
  }

  figures(): TrafficFigures {
    return {
      up: { ...this.#bytes.up },
      down: { ...this.#bytes.down },
      ...this.#events,
      framesUp: Object.fromEntries(this.#frames.up),
      framesDown: Object.fromEntries(this.#frames.down),
      packetsUp: this.#packets.up,
      packetsDown: this.#packets.down,
    }
  }
}

function noBytes(): Record<keyof Bytes, number> {
  return { httpHeaders: 0, chunkFraming: 0, webSocketFraming: 0, payload: 0, total: 0 }
}
