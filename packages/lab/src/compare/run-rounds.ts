import type { Candidate } from '../candidates/candidate.ts'
import { SeededRandom } from '../random/seeded-random.ts'
import { shuffle } from '../random/shuffle.ts'
import type { CompareOptions } from './compare-options.ts'
import { startFronts } from './fronts/start-fronts.ts'
import { disturbancesOf, judgeRuns, type MeasuredRuns } from './rounds/disturbance.ts'
import type { RoundResult } from './rounds/round-result.ts'
import { runExternalRound } from './rounds/run-external-round.ts'
import { runRound } from './rounds/run-round.ts'
import type { Publisher } from './targets/publisher.ts'
import type { Target } from './targets/target.ts'

interface PlannedRound {
  readonly name: string
  readonly expectedMs: number
  /** How often it is to ask; `null`: it does not poll. */
  readonly intervalMs: number | null
  run(number: number): Promise<RoundResult | undefined>
}

/** A disturbed run is repeated, but the runs of one candidate are not more than so many times those that were wanted. */
const attempts = 3

/**
 * Every round runs all of them in an order of its own, so that what else the machine does meets all alike. What was
 * disturbed is repeated behind the last round.
 * @returns the runs of each, by its name
 */
export async function runRounds(
  target: Target,
  publisher: Publisher,
  options: CompareOptions,
  channelRoot: string,
): Promise<ReadonlyMap<string, MeasuredRuns>> {
  const { candidates, externalSources, rounds, seed } = options
  const fronts = await startFronts(target, candidates)
  const planned: PlannedRound[] = [
    ...candidates.map((candidate) =>
      candidateRound(fronts.targetOf(candidate), publisher, options, channelRoot, candidate),
    ),
    ...externalSources.map((source) => ({
      name: source.name,
      expectedMs: options.durationMs,
      intervalMs: null,
      run: () => runExternalRound({ ...options, source, wallClock: () => Date.now() }),
    })),
  ]
  const order = new SeededRandom(seed)
  const runs = new RunLog(options.onProgress)
  try {
    await runs.measure(Array.from({ length: rounds }, () => shuffle(planned, order)).flat())
    for (let attempt = 1; attempt < attempts; attempt++) await runs.measure(disturbed(planned, runs, rounds))
  } finally {
    await fronts.stop()
  }
  return new Map(planned.map(({ name, intervalMs }) => [name, judgeRuns(runs.of(name), rounds, intervalMs)]))
}

/** What is to run again: each as often as it lacks an undisturbed run. */
function disturbed(planned: readonly PlannedRound[], runs: RunLog, rounds: number): PlannedRound[] {
  return planned.flatMap((round) => {
    const results = runs.of(round.name)
    const clean = results.filter((result) => disturbancesOf(result, round.intervalMs).length === 0).length
    return results.length === 0 ? [] : Array.from({ length: Math.max(0, rounds - clean) }, () => round)
  })
}

/** Runs one after the other, and their results by name. */
class RunLog {
  readonly #onProgress: CompareOptions['onProgress']
  readonly #results = new Map<string, RoundResult[]>()
  #number = 0

  constructor(onProgress: CompareOptions['onProgress']) {
    this.#onProgress = onProgress
  }

  of(name: string): readonly RoundResult[] {
    return this.#results.get(name) ?? []
  }

  async measure(rounds: readonly PlannedRound[]): Promise<void> {
    const runs = this.#number + rounds.length
    let leftMs = rounds.reduce((sum, { expectedMs }) => sum + expectedMs, 0)
    for (const { name, expectedMs, run: measure } of rounds) {
      this.#onProgress({ step: 'run', name, run: ++this.#number, runs, expectedMs, leftMs })
      const result = await measure(this.#number)
      leftMs -= expectedMs
      if (result === undefined) continue
      this.#onProgress({ step: 'finished', result })
      this.#results.set(name, [...this.of(name), result])
    }
  }
}

function candidateRound(
  target: Target,
  publisher: Publisher,
  options: CompareOptions,
  channelRoot: string,
  candidate: Candidate,
): PlannedRound {
  const { workload, clients, durationMs, idleMs, warmUpMs, withinMs, seed } = options
  const isRare = workload.rareEvents !== null
  return {
    name: candidate.name,
    intervalMs: candidate.kind === 'poll' ? candidate.staleMs : null,
    // Those who ask rarely are behind by their interval before they are measured.
    expectedMs: isRare ? warmUpMs + durationMs : Math.max(warmUpMs, candidate.staleMs) + idleMs + durationMs,
    run: async (number) => {
      const [result] = await runRound({
        target,
        publisher,
        workload,
        candidates: [candidate],
        channel: `${channelRoot}-${number}`,
        clients,
        // Where events are rare, what is measured is idling, and then one event to the end of its delivery.
        durationMs: isRare ? 0 : durationMs,
        idleMs: isRare ? durationMs : idleMs,
        warmUpMs,
        withinMs,
        // The same events in every round: what differs between them is noise then.
        random: new SeededRandom(seed),
        now: () => performance.now(),
      })
      return result
    },
  }
}
