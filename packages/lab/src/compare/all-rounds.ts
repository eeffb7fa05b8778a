import { Dice } from '../check/dice.ts'
import type { Contender } from '../contenders/contender.ts'
import type { CompareOptions } from './compare-options.ts'
import { outsideLap } from './outside-lap.ts'
import type { Publisher } from './publisher.ts'
import { type Lap, race } from './race.ts'
import { shuffled } from './shuffled.ts'
import type { Target } from './target.ts'

interface Run {
  readonly name: string
  readonly expectedMs: number
  lap(run: number): Promise<Lap | undefined>
}

/**
 * Every round runs all of them in an order of its own, so that what else the machine does meets all alike.
 * @returns the laps of each, by its name
 */
export async function allRounds(target: Target, publisher: Publisher, options: CompareOptions, channelRoot: string) {
  const { contenders, outsides, rounds, seed, tell } = options
  const runs: Run[] = [
    ...contenders.map((contender) => ourRun(target, publisher, options, channelRoot, contender)),
    ...outsides.map((outside) => ({
      name: outside.name,
      expectedMs: options.durationMs,
      lap: () => outsideLap({ ...options, outside, wallClock: () => Date.now() }),
    })),
  ]
  const laps = new Map<string, Lap[]>()
  const order = new Dice(seed)
  let run = 0
  let leftMs = rounds * runs.reduce((sum, { expectedMs }) => sum + expectedMs, 0)
  for (let round = 0; round < rounds; round++) {
    for (const { name, expectedMs, lap: measure } of shuffled(runs, order)) {
      tell({ step: 'run', name, run: ++run, runs: rounds * runs.length, expectedMs, leftMs })
      const lap = await measure(run)
      leftMs -= expectedMs
      if (lap === undefined) continue
      tell({ step: 'ran', lap })
      laps.set(name, [...(laps.get(name) ?? []), lap])
    }
  }
  return laps
}

function ourRun(
  target: Target,
  publisher: Publisher,
  options: CompareOptions,
  channelRoot: string,
  contender: Contender,
): Run {
  const { workload, clients, durationMs, idleMs, warmUpMs, withinMs, seed } = options
  const isRare = workload.rarely !== null
  return {
    name: contender.name,
    // Those who ask rarely are behind by their interval before they are measured.
    expectedMs: isRare ? warmUpMs + durationMs : Math.max(warmUpMs, contender.staleMs) + idleMs + durationMs,
    lap: async (run) => {
      const [lap] = await race({
        target,
        publisher,
        workload,
        contenders: [contender],
        channel: `${channelRoot}-${run}`,
        clients,
        // Where events are rare, what is measured is idling, and then one event to the end of its delivery.
        durationMs: isRare ? 0 : durationMs,
        idleMs: isRare ? durationMs : idleMs,
        warmUpMs,
        withinMs,
        // The same events in every round: what differs between them is noise then.
        dice: new Dice(seed),
        now: () => performance.now(),
      })
      return lap
    },
  }
}
