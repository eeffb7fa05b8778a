/** Faults of a cluster, each with the checker at work, and how long after it all may be well again. */
import { type CheckOptions, type CheckResult, type RecoveryWatch, runCheck } from 'dovetail-lab/check'
import { type Cluster, type ClusterOptions, startCluster } from 'dovetail-lab/cluster'
import { expect } from 'vitest'
import { dovetailCommand } from '../support/servers/dovetail-command.ts'
import { testSecret } from '../support/servers/token-for.ts'

/** `SEED=…` plays another one and `SOAK=1` stays longer at each fault, as `npm run soak` does. */
export const seed = Number(process.env.SEED ?? 1)
export const isSoak = process.env.SOAK === '1'

/** `entry`: a program of the tests that stands in for `dovetail`. */
export function startNodes(
  options: Partial<ClusterOptions> & { readonly entry?: string | undefined } = {},
): Promise<Cluster> {
  return startCluster({
    dovetail: dovetailCommand(options.entry),
    nodes: 3,
    backbone: 'redis',
    secret: testSecret,
    ...options,
    args: ['--log', 'fatal', ...(options.args ?? [])],
  })
}

export interface Fault {
  readonly what: string
  /** Breaks something, and mends what does not mend itself. */
  readonly hit: () => Promise<unknown>
  /**
   * From the end of `hit` on, until a new write was acknowledged and every reader has it, as documented. A soak, which
   * has the machine to itself, holds it to that; a run beside other tests gives it three times as long.
   */
  readonly withinMs: number
}

const slack = isSoak ? 1 : 3

/** A run of fewer writes proves little. */
const leastWrites = 20

type Options = Partial<CheckOptions> & Pick<CheckOptions, 'urls'>

/** Whatever happens meanwhile: nothing acknowledged is lost, nothing is repeated, everybody arrives. */
export async function checkedWhile(
  options: Options,
  meanwhile: (watch: RecoveryWatch) => Promise<void>,
): Promise<CheckResult> {
  const result = await runCheck({
    seed,
    seconds: isSoak ? 30 : 3,
    writers: 3,
    readersEach: 1,
    settleSeconds: 60,
    // As many writes as a cluster on one machine can take beside what breaks it.
    restMs: 40,
    ...options,
    disturb: async (watch) => {
      await meanwhile(watch)
      await watch.written(leastWrites)
    },
  })
  expect(result.complaints.slice(0, 5), `seed ${result.seed}`).toEqual([])
  return result
}

/** One after another in one run, each when what was before is over. */
export async function survives(options: Options, faults: readonly Fault[]): Promise<CheckResult> {
  return await checkedWhile(options, async (watch) => {
    for (const { what, hit, withinMs } of faults) {
      await hit()
      const tookMs = await watch.recovered(slack * withinMs).catch((error: Error) => {
        throw new Error(`${what}: ${error.message}`, { cause: error })
      })
      reportRecovery(what, tookMs)
    }
  })
}

/** In a soak, prints how long it took. */
export function reportRecovery(what: string, tookMs: number): void {
  if (isSoak) process.stderr.write(`${what}: recovered in ${Math.round(tookMs)} ms\n`)
}

/** All ways in: through the balancer, and past it. */
export function waysIn(cluster: Cluster): string[] {
  return [cluster.url, ...cluster.nodes.map(({ url }) => url)]
}
