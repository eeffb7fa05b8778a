/** Limits of Dovetail's ratios to other servers, in one run with 500 subscribers and a durable store on one core. */

/** `write`: p99 of an acknowledged write, which Centrifugo and Bun keep nowhere. */
export type PeerMeasure = 'p50' | 'p99' | 'cpu' | 'write'

type Ratios = Readonly<Partial<Record<PeerMeasure, number>>>

/** Where there is room, a person waits for milliseconds; where a core is full, its owner pays for it. */
const quiet: Ratios = { p50: 1.1, p99: 1.1, cpu: 0.85, write: 1.5 }
const loaded: Ratios = { p99: 0.3, cpu: 0.5, write: 0.5 }

const limits: Readonly<Record<string, ReadonlyMap<number, Ratios>>> = {
  centrifugo: new Map([
    [20, quiet],
    [100, quiet],
    [300, quiet],
    [600, loaded],
    [1500, loaded],
  ]),
}

const bunAims: Ratios = { p50: 1.2, cpu: 1.2 }
const aims: Readonly<Record<string, ReadonlyMap<number, Ratios>>> = {
  bun: new Map([
    [100, bunAims],
    [300, bunAims],
  ]),
}

/** `null`: none is set. */
export function peerLimit(other: string, perSecond: number, measure: PeerMeasure): number | null {
  return limits[other]?.get(perSecond)?.[measure] ?? null
}

/** `undefined`: none is set. */
export function peerAim(other: string, perSecond: number, measure: PeerMeasure): number | undefined {
  return aims[other]?.get(perSecond)?.[measure]
}
