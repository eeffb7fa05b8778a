/** The line is cut, each time at another kind of place. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Fate } from '../line/treatments.ts'
import type { World } from '../world.ts'
import type { Case } from './case.ts'

async function following(world: World): Promise<void> {
  await world.writeMany('before', 5)
  world.startClient()
  await world.shows('before 5')
}

/** Cuts the line and keeps it cut while this happens. */
async function away(world: World, during: () => Promise<void>): Promise<void> {
  world.line.become('refusing')
  await during()
  world.line.become('open')
}

export const cutDuringPage: Case = {
  server: 'shared',
  run: async (world) => {
    await world.writeMany('before', 40)
    const cut = world.treatOnce('before 20', 'cut within')
    world.startClient()
    await cut()
    await world.write('after the cut')
  },
}

export const cutWithinEvent: Case = {
  server: 'shared',
  run: async (world) => {
    await following(world)
    const cut = world.treatOnce('cut within this', 'cut within')
    await world.write(`cut within this ${'x'.repeat(2000)}`)
    await cut()
    await world.write('after the cut')
  },
}

export const cutBetweenCatchUpAndLive: Case = {
  server: 'shared',
  run: async (world) => {
    await following(world)
    const cut = world.treatOnce('away 20', 'cut after')
    await away(world, () => world.writeMany('away', 20))
    await cut()
    await world.write('live')
  },
}

export const cutAfterReply: Case = {
  server: 'shared',
  run: async (world) => {
    await following(world)
    const isOnItsWay = world.treatOnce('acknowledged', 'lose')
    // The writer has its answer, and the change is on its way to the client when the line is cut.
    await world.write('acknowledged')
    await isOnItsWay()
    world.line.cut()
    await world.write('after the cut')
  },
}

export const cutOften: Case = {
  server: 'shared',
  run: async (world) => {
    await following(world)
    const fates: Fate[] = ['pass', 'cut within', 'pass', 'cut after', 'cut before', 'pass', 'cut within', 'cut after']
    world.line.treat({ onMessage: (json) => (json.includes('"changes":[{') ? (fates.shift() ?? 'pass') : 'pass') })
    await world.writeMany('meanwhile', 30, 20)
    for (let n = 1; fates.length > 0; n++) {
      await world.write(`further ${n}`)
      await world.shows(`further ${n}`)
    }
  },
}

export const deletedWhileAway: Case = {
  server: 'shared',
  run: async (world) => {
    const [deleted, changed, restored] = [
      await world.write('one'),
      await world.write('two'),
      await world.write('three'),
    ]
    await following(world)
    await away(world, async () => {
      await world.remove(deleted.id)
      await world.put(changed.id, 'two, changed')
      await world.remove(restored.id)
      await world.put(restored.id, 'three, again')
      // A client that comes back at once is refused for a while.
      await pause(1500)
    })
    await world.shows('three, again')
  },
}
