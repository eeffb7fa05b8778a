import { join } from 'node:path'
import { describe, onTestFinished, test } from 'vitest'
import type { Store } from '../../ports/store.ts'
import { openMemoryStore } from '../../stores/memory/memory-store.ts'
import { temporaryFolder } from '../../stores/sqlite/file/temporary-folder.fixture.ts'
import { openSqliteStore } from '../../stores/sqlite/open.ts'
import { Simulation } from './simulation.fixture.ts'

/** The error of a failing history names its seed; give that seed a test of its own, named for what it found. */
async function simulate(
  seeds: readonly number[],
  steps: number,
  open: () => Promise<Store>,
  lateAnswers: boolean,
): Promise<void> {
  for (const seed of seeds) {
    const store = await open()
    try {
      await new Simulation({ seed, steps, store, lateAnswers }).run()
    } catch (cause) {
      throw new Error(`seed ${seed}: ${(cause as Error).message}`, { cause })
    } finally {
      await store.close()
    }
  }
}

function seedsFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_none, index) => first + index)
}

const memory = async () => openMemoryStore()

describe('random histories, readers that start anywhere, are slow, are cut and resume', () => {
  test('[PRM1, PRM2, PRM3, PRM4, PRM5, PRM9] every range joins, and folding equals a fresh read, on the memory store', async () => {
    await simulate(seedsFrom(1, 40), 300, memory, false)
  })

  test('[PRM2, PRM4] the same where the store answers late and out of order', async () => {
    await simulate(seedsFrom(1001, 40), 300, memory, true)
  })

  test('[PRM2, PRM4] the same on the SQLite store', async () => {
    const folder = temporaryFolder()
    let files = 0
    const open = async () => openSqliteStore({ path: join(folder, `${++files}.db`), flush: 'OFF' })
    onTestFinished(() => {})
    await simulate(seedsFrom(2001, 4), 250, open, true)
  })
})
