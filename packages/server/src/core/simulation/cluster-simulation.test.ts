import { describe, expect, test } from 'vitest'
import { ClusterSimulation, type ClusterSimulationOptions } from './cluster-simulation.fixture.ts'

const bad = { lost: 0.3, repeated: 0.2, delayed: 0.3, delayMs: 1500 }
const late = { lost: 0.05, repeated: 0.2, delayed: 0.5, delayMs: 60 }
const deaf = { lost: 1, repeated: 0, delayed: 0, delayMs: 0 }

async function simulate(first: number, count: number, options: Omit<ClusterSimulationOptions, 'seed'>): Promise<void> {
  for (let seed = first; seed < first + count; seed++) {
    try {
      await new ClusterSimulation({ seed, ...options }).run()
    } catch (cause) {
      throw new Error(`seed ${seed}: ${(cause as Error).message}`, { cause })
    }
  }
}

describe('random histories on three nodes, readers that go from node to node', () => {
  test('nothing is missed over a backbone that loses, repeats, delays and reorders', async () => {
    await simulate(1, 20, { steps: 300, faults: bad, endings: true, settledWithinMs: 3000 })
  })

  test('nothing is missed where no notification arrives at all: two checks of the store bring everything', async () => {
    await simulate(101, 10, { steps: 300, faults: deaf, endings: true, settledWithinMs: 2500 })
  })

  test('no reader is reset where the log goes on', async () => {
    await simulate(301, 20, { steps: 400, faults: late, endings: false, settledWithinMs: 3000 })
  })

  test('a planted bug is found: notifications are lost and nobody asks the store', async () => {
    const run = simulate(201, 3, { steps: 300, faults: deaf, endings: false, settledWithinMs: 10_000, checks: false })
    await expect(run).rejects.toThrow(/stays at/)
  })
})
