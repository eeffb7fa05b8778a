/** The cases of a client, each by what happens to it; a case is passed when the client holds what a fresh read gives. */
import { setTimeout as pause } from 'node:timers/promises'
import type { World } from './world.ts'

interface Case {
  readonly store: 'file' | 'memory'
  readonly run: (world: World) => Promise<void>
}

async function writeMany(world: World, name: string, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) await world.write(`${name} ${n}`)
}

export const cases = {
  'page and stream join': {
    store: 'file',
    run: async (world) => {
      await writeMany(world, 'before', 10)
      world.startClient()
      // From the start of its process until it follows, and on.
      for (let n = 1; n <= 25; n++) {
        await world.write(`meanwhile ${n}`)
        await pause(20)
      }
    },
  },
  'another epoch': {
    store: 'memory',
    run: async (world) => {
      await writeMany(world, 'lost', 8)
      world.startClient()
      await world.shows('lost 8')
      await world.restart()
      await world.write('new')
    },
  },
} satisfies Readonly<Record<string, Case>>

export type CaseName = keyof typeof cases
export const caseNames = Object.keys(cases) as CaseName[]
