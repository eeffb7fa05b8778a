/** `dovetail compare`: the same workload by every contender, in turn, round by round. */
import type { Outside } from '../contenders/outside/outside.ts'
import { allRounds } from './all-rounds.ts'
import { CompareFailure } from './compare-failure.ts'
import type { CompareOptions } from './compare-options.ts'
import type { CompareResult } from './compare-result.ts'
import type { ContenderResult, WorkloadFigures } from './contender-result.ts'
import { heat, idleServer, leastIdle } from './idle-server.ts'
import { thisMachine } from './machine.ts'
import { memoryByKind } from './memory-by-kind.ts'
import { openPublisher, type Publisher } from './publisher.ts'
import type { Lap } from './race.ts'
import { type Baseline, eventsPerSecond } from './rates.ts'
import { runningTarget } from './running-target.ts'
import { spawnTarget } from './spawned-target.ts'
import { summarize } from './summarize.ts'
import type { Target } from './target.ts'
import type { ExchangeBytes } from './verdict/exchange.ts'
import { verdictOf } from './verdict/verdict.ts'

const enoughForMemory = 400

export async function runCompare(options: CompareOptions): Promise<CompareResult> {
  options.tell({ step: 'starting' })
  const { url, token, dovetail } = options
  await probed(options.outsides)
  const target = url === undefined ? await spawnTarget({ dovetail }) : await runningTarget(url, token)
  const publisher = openPublisher(target)
  try {
    return await compareOn(target, publisher, options)
  } finally {
    publisher.close()
    await target.stop()
  }
}

/** Before anything is started: what cannot be reached would be found out only after minutes. */
async function probed(outsides: readonly Outside[]): Promise<void> {
  await Promise.all(outsides.map((outside) => outside.probe())).catch((error: unknown) => {
    throw error instanceof Error ? new CompareFailure(error.message, { cause: error }) : error
  })
}

async function compareOn(target: Target, publisher: Publisher, options: CompareOptions): Promise<CompareResult> {
  const { workload, seed, tell } = options
  const channelRoot = `${workload.namespace}:compare-${Date.now().toString(36)}-${seed}`
  await heat(target, publisher, options, `${channelRoot}-warm`)
  const alone = await idleServer(target)
  const laps = await allRounds(target, publisher, options, channelRoot)
  const baseline = leastIdle(alone, [...laps.values()].flat())
  tell({ step: 'memory' })
  const memory = await memoryByKind(target, options, `${channelRoot}-idle`)
  const results = summaries(options, laps, baseline, memory)
  return resultOf(target, options, results, laps)
}

function summaries(
  options: CompareOptions,
  laps: ReadonlyMap<string, readonly Lap[]>,
  baseline: Baseline,
  memory: ReadonlyMap<string, number>,
): ContenderResult[] {
  const { workload, contenders, outsides, memoryConnections } = options
  const shared = { baseline, isMemoryRough: memoryConnections < enoughForMemory }
  const ours = contenders.map((contender) =>
    summarize({
      ...shared,
      contender,
      laps: laps.get(contender.name) ?? [],
      memoryBytesPerClient: memory.get(contender.kind === 'push' ? contender.name : contender.kind) ?? null,
      everySeconds: workload.rarely?.everySeconds ?? null,
    }),
  )
  const theirs = outsides.map(({ name }) =>
    summarize({
      ...shared,
      contender: { name, kind: 'outside' },
      laps: laps.get(name) ?? [],
      memoryBytesPerClient: null,
      everySeconds: null,
    }),
  )
  return [...ours, ...theirs]
}

function resultOf(
  target: Target,
  options: CompareOptions,
  contenders: readonly ContenderResult[],
  laps: ReadonlyMap<string, readonly Lap[]>,
): CompareResult {
  const { command, seed, url, withinMs, prices } = options
  const workload = workloadFigures(
    options,
    options.contenders.flatMap(({ name }) => laps.get(name) ?? []),
  )
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
