/** Drives a client through the cases, some at a time, each with a channel, a line and a process of its own. */
import { type CaseName, cases } from './cases/cases.ts'
import { CaseServer, type ServerKind } from './servers.ts'
import { World, type WorldOptions } from './world.ts'

export interface ConformanceOptions extends WorldOptions {
  /** A program and its first arguments that run `dovetail`. */
  readonly dovetail: readonly string[]
  readonly cases: readonly CaseName[]
  /** How many cases run beside each other. */
  readonly atOnce: number
  readonly onResult: (result: CaseResult) => void
}

export interface CaseResult {
  readonly name: CaseName
  /** Why it was not passed; `null`: it was. */
  readonly fault: string | null
  readonly ms: number
}

/** Resolves with the results in the order of the cases; each is told when it is there. */
export async function runConformance(options: ConformanceOptions): Promise<CaseResult[]> {
  // A client and two servers of each case end when this process does.
  process.setMaxListeners(process.getMaxListeners() + 3 * options.atOnce)
  const shared = await CaseServer.start(options.dovetail, 'shared')
  try {
    const results = new Map<CaseName, CaseResult>()
    const waiting = [...new Set(options.cases)]
    const work = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const beganAt = performance.now()
        const fault = await faultOf(options, name, shared)
        const result = { name, fault, ms: Math.round(performance.now() - beganAt) }
        results.set(name, result)
        options.onResult(result)
      }
    }
    await Promise.all(Array.from({ length: options.atOnce }, work))
    return options.cases.flatMap((name) => results.get(name) ?? [])
  } finally {
    await shared.stop()
  }
}

async function faultOf(options: ConformanceOptions, name: CaseName, shared: CaseServer): Promise<string | null> {
  const { server: kind, run } = cases[name]
  const server = await serverFor(options, kind, shared)
  const world = await World.make(options, name, server)
  try {
    await run(world)
    await world.agrees()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await world.end()
    if (server !== shared) await server.stop()
  }
}

async function serverFor({ dovetail }: ConformanceOptions, kind: ServerKind, shared: CaseServer): Promise<CaseServer> {
  return kind === 'shared' ? shared : await CaseServer.start(dovetail, kind)
}
