/** `dovetail compare`: the same workload by every contender, in turn, round by round. */
import { setTimeout as pause } from 'node:timers/promises'
import { Dice } from '../check/dice.ts'
import type { Contender } from '../contenders/contender.ts'
import type { Workload } from '../workloads/workload.ts'
import type { CompareResult } from './compare-result.ts'
import { connectionMemory } from './connection-memory.ts'
import type { ContenderResult, WorkloadFigures } from './contender-result.ts'
import { thisMachine } from './machine.ts'
import { openPublisher, type Publisher } from './publisher.ts'
import { type Lap, race } from './race.ts'
import { type Baseline, eventsPerSecond } from './rates.ts'
import { runningTarget } from './running-target.ts'
import { shuffled } from './shuffled.ts'
import { spawnTarget } from './spawned-target.ts'
import { summarize } from './summarize.ts'
import type { Target } from './target.ts'
import type { Prices } from './verdict/cost.ts'
import type { ExchangeBytes } from './verdict/exchange.ts'
import { verdictOf } from './verdict/verdict.ts'

export interface CompareOptions {
  /** As it was typed. */
  readonly command: string
  /** The file that is the `dovetail` command: a server of its own is started with it. */
  readonly dovetail: string
  /** A server that runs already, instead. */
  readonly url?: string
  readonly token?: string
  readonly workload: Workload
  readonly contenders: readonly Contender[]
  readonly clients: number
  readonly durationMs: number
  readonly idleMs: number
  readonly warmUpMs: number
  readonly rounds: number
  readonly seed: number
  readonly withinMs: number
  readonly prices: Prices
  /** Idle connections opened to see what one takes of the server's memory; 0: that is not measured. */
  readonly memoryConnections: number
  readonly tell: (progress: Progress) => void
}

export type Progress =
  | { readonly step: 'starting' | 'memory' }
  | { readonly step: 'run'; readonly name: string; readonly run: number; readonly runs: number }
  | { readonly step: 'ran'; readonly lap: Lap }

const enoughForMemory = 400

export async function runCompare(options: CompareOptions): Promise<CompareResult> {
  options.tell({ step: 'starting' })
  const { url, token, dovetail } = options
  const target = url === undefined ? await spawnTarget({ dovetail }) : await runningTarget(url, token)
  const publisher = openPublisher(target)
  try {
    return await compareOn(target, publisher, options)
  } finally {
    publisher.close()
    await target.stop()
  }
}

async function compareOn(target: Target, publisher: Publisher, options: CompareOptions): Promise<CompareResult> {
  const { workload, contenders, seed, tell } = options
  const channelRoot = `${workload.namespace}:compare-${Date.now().toString(36)}-${seed}`
  await heat(target, publisher, options, `${channelRoot}-warm`)
  const alone = await idleServer(target)
  const laps = await allRounds(target, publisher, options, channelRoot)
  const baseline = leastIdle(alone, [...laps.values()].flat())
  tell({ step: 'memory' })
  const memory = await memoryByKind(target, options, `${channelRoot}-idle`)
  const results = contenders.map((contender) =>
    summarize({
      contender,
      laps: laps.get(contender.name) ?? [],
      baseline,
      memoryBytesPerClient: memory.get(contender.kind === 'push' ? contender.name : contender.kind) ?? null,
      isMemoryRough: options.memoryConnections < enoughForMemory,
      everySeconds: workload.rarely?.everySeconds ?? null,
    }),
  )
  return resultOf(target, options, results, laps)
}

/** Code that runs for the first time is slow: the first contender must not pay for it. */
async function heat(target: Target, publisher: Publisher, options: CompareOptions, channel: string): Promise<void> {
  const { workload, contenders, warmUpMs, withinMs } = options
  const quickest = contenders.filter(({ staleMs }) => staleMs <= warmUpMs)
  if (quickest.length === 0) return
  await race({
    target,
    publisher,
    workload,
    contenders: quickest,
    channel,
    clients: 2,
    durationMs: warmUpMs,
    idleMs: 0,
    warmUpMs,
    withinMs,
    dice: new Dice(options.seed),
    now: () => performance.now(),
  })
}

const baselineMs = 500

async function idleServer(target: Target): Promise<Baseline> {
  await target.collect()
  const before = await target.usage()
  const startAt = performance.now()
  await pause(baselineMs)
  const after = await target.usage()
  if (before === null || after === null) return { cpuPerSecond: 0 }
  return { cpuPerSecond: ((after.cpuSeconds - before.cpuSeconds) * 1000) / (performance.now() - startAt) }
}

/** Other work of the machine only ever adds: the least that was seen is nearest to what idling takes. */
function leastIdle({ cpuPerSecond }: Baseline, laps: readonly Lap[]): Baseline {
  const seen = laps.flatMap(({ idle }) => (idle.server === null ? [] : [idle.server.cpuSeconds / idle.seconds]))
  return { cpuPerSecond: Math.min(cpuPerSecond, ...seen) }
}

/** Every round runs all of them in an order of its own, so that what else the machine does meets all alike. */
async function allRounds(target: Target, publisher: Publisher, options: CompareOptions, channelRoot: string) {
  const { contenders, rounds, seed, tell, clients, durationMs, idleMs, warmUpMs, withinMs, workload } = options
  const laps = new Map<string, Lap[]>()
  const order = new Dice(seed)
  let run = 0
  for (let round = 0; round < rounds; round++) {
    for (const contender of shuffled(contenders, order)) {
      tell({ step: 'run', name: contender.name, run: ++run, runs: rounds * contenders.length })
      const [lap] = await race({
        target,
        publisher,
        workload,
        contenders: [contender],
        channel: `${channelRoot}-${run}`,
        clients,
        // Where events are rare, what is measured is idling, and then one event to the end of its delivery.
        durationMs: workload.rarely === null ? durationMs : 0,
        idleMs: workload.rarely === null ? idleMs : durationMs,
        warmUpMs,
        withinMs,
        dice: new Dice(seed + round),
        now: () => performance.now(),
      })
      if (lap === undefined) continue
      tell({ step: 'ran', lap })
      laps.set(contender.name, [...(laps.get(contender.name) ?? []), lap])
    }
  }
  return laps
}

/** Polls of any interval hold the same connection: one stands for all. */
async function memoryByKind(target: Target, options: CompareOptions, channel: string): Promise<Map<string, number>> {
  const { contenders, workload, memoryConnections } = options
  const found = new Map<string, number>()
  if (memoryConnections === 0) return found
  for (const contender of [...contenders].sort((a, b) => a.staleMs - b.staleMs)) {
    const kind = contender.kind === 'push' ? contender.name : contender.kind
    if (found.has(kind)) continue
    const { collection } = workload
    const bytes = await connectionMemory({ target, contender, connections: memoryConnections, channel, collection })
    if (bytes !== null) found.set(kind, bytes)
  }
  return found
}

function resultOf(
  target: Target,
  options: CompareOptions,
  contenders: readonly ContenderResult[],
  laps: ReadonlyMap<string, readonly Lap[]>,
): CompareResult {
  const { command, seed, url, withinMs, prices } = options
  const workload = workloadFigures(options, [...laps.values()].flat())
  const verdict = verdictOf({
    workload,
    contenders,
    withinMs,
    prices,
    intervals: new Map(options.contenders.filter(({ kind }) => kind === 'poll').map((c) => [c.name, c.staleMs])),
    exchange: exchangeBytes([...laps.values()].flat()),
  })
  return {
    command,
    seed,
    machine: thisMachine(),
    server: { url: target.url, spawned: url === undefined },
    workload,
    contenders,
    verdict,
  }
}

function exchangeBytes(laps: readonly Lap[]): ExchangeBytes | null {
  const socket = laps.find(({ name }) => name === 'websocket')
  const poll = laps.find(({ idle }) => idle.traffic.requests > 0)
  if (socket === undefined || poll === undefined) return null
  const { up, down, requests } = poll.idle.traffic
  return {
    http: (up.httpHeaders + down.httpHeaders) / requests,
    opening: (socket.opening.up.total + socket.opening.down.total) / socket.clients,
  }
}

function workloadFigures(options: CompareOptions, laps: readonly Lap[]): WorkloadFigures {
  const { workload, clients, durationMs, rounds } = options
  return {
    name: workload.name,
    about: workload.about,
    reading: workload.reading,
    clients,
    seconds: durationMs / 1000,
    rounds,
    events: laps[0]?.events ?? 0,
    eventsPerSecond: workload.rarely === null ? eventsPerSecond(laps) : 1 / workload.rarely.everySeconds,
  }
}
