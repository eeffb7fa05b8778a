/** Drives a client through the cases, one after the other, each with a server and a process of its own. */
import { type CaseName, cases } from './cases.ts'
import { World, type WorldOptions } from './world.ts'

export interface ConformanceOptions extends WorldOptions {
  readonly cases: readonly CaseName[]
  readonly onResult: (result: CaseResult) => void
}

export interface CaseResult {
  readonly name: CaseName
  /** Why it was not passed; `null`: it was. */
  readonly fault: string | null
  readonly ms: number
}

export async function runConformance(options: ConformanceOptions): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  for (const name of options.cases) {
    const beganAt = performance.now()
    const fault = await faultOf(options, name)
    const result = { name, fault, ms: Math.round(performance.now() - beganAt) }
    results.push(result)
    options.onResult(result)
  }
  return results
}

async function faultOf(options: ConformanceOptions, name: CaseName): Promise<string | null> {
  const { store, run } = cases[name]
  const world = await World.make(options, store)
  try {
    await run(world)
    await world.agrees()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await world.end()
  }
}
