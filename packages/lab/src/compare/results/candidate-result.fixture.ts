import type { CandidateResult, WorkloadFigures } from './candidate-result.ts'

const noBytes = { httpHeaders: 0, chunkFraming: 0, webSocketFraming: 0, payload: 0, total: 0 }

export interface CandidateResultFixture {
  readonly name: string
  readonly kind?: CandidateResult['kind']
  readonly intervalMs?: number
  readonly front?: CandidateResult['front']
  readonly p99?: number | null
  readonly lost?: number
  /** What one client uses a second. */
  readonly bytesDown?: number
  readonly cpuSeconds?: number
  readonly requests?: number
  readonly memory?: number
  readonly spread?: CandidateResult['spread']
  readonly cpuNoise?: number
  readonly marks?: CandidateResult['marks']
}

/** The measured candidate's figures that a verdict uses. */
export function candidateResult(given: CandidateResultFixture): CandidateResult {
  const { name, kind = 'poll', p99 = 10, lost = 0, bytesDown = 0, cpuSeconds = 0, requests = 0, memory = 0 } = given
  const rate = { requests, bytesUp: 0, bytesDown, cpuSeconds }
  return {
    name,
    kind,
    front: given.front ?? null,
    intervalMs: given.intervalMs ?? null,
    clients: 10,
    seconds: 1,
    latencyMs: { count: 10, mean: p99, p50: p99, p90: p99, p99, max: p99, histogram: [] },
    requests,
    emptyShare: 0,
    writes: 0,
    handshakes: 0,
    bytes: {
      up: noBytes,
      down: { ...noBytes, httpHeaders: 300 * requests },
      perDelivery: null,
      perClientSecond: { up: 0, down: bytesDown },
      frames: { up: {}, down: {} },
      estimated: { tcpIp: 0, tls: 0, how: '' },
    },
    server: {
      cpuSeconds,
      cpuMicrosecondsPerDelivery: null,
      memoryBytes: 0,
      memoryBytesPerClient: memory,
      idleClients: null,
    },
    client: { cpuSeconds: 0, loopBusy: 0 },
    radio: null,
    delivered: 10,
    lost,
    repeated: 0,
    late: 0,
    superseded: 0,
    rates: { idle: rate, perEvent: { ...rate, requests: 0, bytesDown: 0, cpuSeconds: 0 }, total: rate },
    spread: given.spread ?? null,
    cpuNoise: given.cpuNoise ?? null,
    marks: given.marks ?? [],
    complaints: [],
    timeline: [],
  }
}

export const someWorkload: WorkloadFigures = {
  name: 'chat',
  about: '',
  reading: 'changes',
  clients: 10,
  seconds: 1,
  rounds: 1,
  events: 5,
  eventsPerSecond: 5,
}
