/** `dovetail compare`: the same workload by every candidate, in rounds. */
import type { ExternalSource } from '../external/external-source.ts'
import { CompareFailure } from '../failures/compare-failure.ts'
import type { CompareOptions } from './compare-options.ts'
import type { CompareResult } from './compare-result.ts'
import { lowestBaseline, measureIdleServer, warmUpServer } from './idle-baseline.ts'
import { describeMachine } from './machine.ts'
import { measureMemoryByKind } from './memory-by-kind.ts'
import type { CandidateResult, IdleClients, WorkloadFigures } from './results/candidate-result.ts'
import { type Baseline, eventsPerSecond } from './results/rates.ts'
import { summarizeCandidate } from './results/summarize.ts'
import { judgeRuns, type MeasuredRuns } from './rounds/disturbance.ts'
import type { RoundResult } from './rounds/round-result.ts'
import { runRounds } from './run-rounds.ts'
import { openPublisher, type Publisher } from './targets/publisher.ts'
import { runningTarget } from './targets/running-target.ts'
import { spawnTarget } from './targets/spawned-target.ts'
import type { Target } from './targets/target.ts'
import type { ExchangeBytes } from './verdict/exchange.ts'
import { verdictOf } from './verdict/verdict.ts'

const enoughForMemory = 400

export async function runCompare(options: CompareOptions): Promise<CompareResult> {
  options.onProgress({ step: 'starting' })
  const { url, token, dovetail } = options
  await requireReachable(options.externalSources)
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
async function requireReachable(externalSources: readonly ExternalSource[]): Promise<void> {
  await Promise.all(externalSources.map((source) => source.probe())).catch((error: unknown) => {
    throw error instanceof Error ? new CompareFailure(error.message, { cause: error }) : error
  })
}

async function compareOn(target: Target, publisher: Publisher, options: CompareOptions): Promise<CompareResult> {
  const { workload, seed, onProgress } = options
  const channelRoot = `${workload.namespace}:compare-${Date.now().toString(36)}-${seed}`
  await warmUpServer(target, publisher, options, `${channelRoot}-warm`)
  const alone = await measureIdleServer(target)
  const runs = await runRounds(target, publisher, options, channelRoot)
  const baseline = lowestBaseline(alone, allResults(runs))
  onProgress({ step: 'memory' })
  const memory = await measureMemoryByKind(target, options, `${channelRoot}-idle`)
  const results = summaries(options, runs, baseline, memory)
  return resultOf(target, options, results, runs)
}

type Runs = ReadonlyMap<string, MeasuredRuns>

function allResults(runs: Runs): RoundResult[] {
  return [...runs.values()].flatMap(({ results }) => results)
}

function summaries(
  options: CompareOptions,
  runs: Runs,
  baseline: Baseline,
  memory: ReadonlyMap<string, IdleClients>,
): CandidateResult[] {
  const { workload, candidates: contenders, externalSources, memoryConnections } = options
  const runsOf = (name: string): MeasuredRuns => runs.get(name) ?? judgeRuns([], 0, null)
  const shared = { baseline, isMemoryRough: memoryConnections < enoughForMemory }
  const ours = contenders.map((candidate) =>
    summarizeCandidate({
      ...shared,
      candidate,
      runs: runsOf(candidate.name),
      idleClients:
        candidate.front === undefined
          ? (memory.get(candidate.kind === 'push' ? candidate.name : candidate.kind) ?? null)
          : null,
      everySeconds: workload.rareEvents?.everySeconds ?? null,
    }),
  )
  const theirs = externalSources.map(({ name }) =>
    summarizeCandidate({
      ...shared,
      candidate: { name, kind: 'outside', staleMs: 0 },
      runs: runsOf(name),
      idleClients: null,
      everySeconds: null,
    }),
  )
  return [...ours, ...theirs]
}

function resultOf(
  target: Target,
  options: CompareOptions,
  contenders: readonly CandidateResult[],
  runs: Runs,
): CompareResult {
  const { command, seed, url, withinMs, prices } = options
  const workload = workloadFigures(
    options,
    options.candidates.flatMap(({ name }) => runs.get(name)?.results ?? []),
  )
  const verdict = verdictOf({
    workload,
    candidates: contenders,
    withinMs,
    prices,
    exchange: exchangeBytes(allResults(runs)),
  })
  return {
    command,
    seed,
    machine: describeMachine(),
    server: { url: target.url, spawned: url === undefined },
    workload,
    contenders,
    verdict,
  }
}

function exchangeBytes(roundResults: readonly RoundResult[]): ExchangeBytes | null {
  const socket = roundResults.find(({ name }) => name === 'websocket')
  const poll = roundResults.find(({ idle }) => idle.traffic.requests > 0)
  if (socket === undefined || poll === undefined) return null
  const { up, down, requests } = poll.idle.traffic
  return {
    http: (up.httpHeaders + down.httpHeaders) / requests,
    opening: (socket.opening.up.total + socket.opening.down.total) / socket.clients,
  }
}

function workloadFigures(options: CompareOptions, roundResults: readonly RoundResult[]): WorkloadFigures {
  const { workload, clients, durationMs, rounds } = options
  return {
    name: workload.name,
    about: workload.about,
    reading: workload.reading,
    clients,
    seconds: durationMs / 1000,
    rounds,
    events: roundResults[0]?.events ?? 0,
    eventsPerSecond:
      workload.rareEvents === null ? eventsPerSecond(roundResults) : 1 / workload.rareEvents.everySeconds,
  }
}
