import type { Bytes, TrafficFigures } from './traffic.ts'

/** What came to pass between two readings of the same traffic. */
export function subtractTraffic(before: TrafficFigures, after: TrafficFigures): TrafficFigures {
  return combined(after, before, (a, b) => a - b)
}

export function sumTraffic(all: readonly TrafficFigures[]): TrafficFigures {
  const [first, ...others] = all
  if (first === undefined) throw new Error('there is no traffic to add up')
  return others.reduce((sum, each) => combined(sum, each, (a, b) => a + b), first)
}

type Join = (a: number, b: number) => number

function combined(a: TrafficFigures, b: TrafficFigures, join: Join): TrafficFigures {
  return {
    up: bytes(a.up, b.up, join),
    down: bytes(a.down, b.down, join),
    requests: join(a.requests, b.requests),
    emptyRequests: join(a.emptyRequests, b.emptyRequests),
    writes: join(a.writes, b.writes),
    connections: join(a.connections, b.connections),
    breaks: join(a.breaks, b.breaks),
    framesUp: frames(a.framesUp, b.framesUp, join),
    framesDown: frames(a.framesDown, b.framesDown, join),
    packetsUp: join(a.packetsUp, b.packetsUp),
    packetsDown: join(a.packetsDown, b.packetsDown),
  }
}

function bytes(a: Bytes, b: Bytes, join: Join): Bytes {
  return {
    httpHeaders: join(a.httpHeaders, b.httpHeaders),
    chunkFraming: join(a.chunkFraming, b.chunkFraming),
    webSocketFraming: join(a.webSocketFraming, b.webSocketFraming),
    payload: join(a.payload, b.payload),
    total: join(a.total, b.total),
  }
}

type Frames = TrafficFigures['framesUp']

function frames(a: Frames, b: Frames, join: Join): Frames {
  const sizes = new Set([...Object.keys(a), ...Object.keys(b)].map(Number))
  return Object.fromEntries([...sizes].map((size) => [size, join(a[size] ?? 0, b[size] ?? 0)]))
}
