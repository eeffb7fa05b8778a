/** What the client holds becomes void, or the node that it follows goes. */
import type { Fate } from '../line/treatments.ts'
import type { Case } from './case.ts'

export const resetInStream: Case = {
  server: 'own in memory',
  run: async (world) => {
    await world.writeMany('lost', 5)
    world.startClient()
    await world.shows('lost 5')
    await world.follows()
    // As after a restore under a running server: what is open stays open, and says that its log is another one.
    const { line } = world
    line.keepsStreams = true
    line.become('holding')
    await world.restart('kill')
    await world.writeMany('new', 2)
    line.become('open')
    await line.reset(await world.resetFrame())
    await world.until(() => (world.client.held.resets > 0 ? null : 'it did not print {"reset":true}'))
    line.keepsStreams = false
    line.cut()
    await world.write('after the reset')
  },
}

export const anotherEpoch: Case = {
  server: 'own in memory',
  run: async (world) => {
    await world.writeMany('lost', 8)
    world.startClient()
    await world.shows('lost 8')
    await world.restart('kill')
    await world.write('new')
  },
}

export const epochBetween: Case = {
  server: 'own in memory',
  run: async (world) => {
    await world.writeMany('lost', 8)
    let isHeld = false
    let release = (): void => {}
    const released = new Promise<Fate>((resolve) => {
      release = () => resolve('pass')
    })
    // The page of the old epoch is on its way while the new one becomes longer than the old one was.
    const onMessage = (json: string): Fate | Promise<Fate> => {
      if (isHeld || !json.includes('lost 8')) return 'pass'
      isHeld = true
      return released
    }
    world.line.treat({ onMessage })
    world.startClient()
    await world.until(() => (isHeld ? null : 'it did not read a page'))
    await world.restart('kill')
    await world.writeMany('new', 20)
    release()
  },
}

export const crash: Case = {
  server: 'own',
  run: async (world) => {
    await world.writeMany('before', 5)
    world.startClient()
    await world.shows('before 5')
    await world.restart('kill')
    await world.write('after the crash')
  },
}

export const drain: Case = {
  server: 'own',
  run: async (world) => {
    await world.writeMany('before', 5)
    world.startClient()
    await world.shows('before 5')
    await world.follows()
    // As behind a balancer: what comes while one node leaves waits for the next one.
    world.line.become('holding')
    await world.restart('drain')
    await world.write('on the next node')
    world.line.become('open')
    await world.shows('on the next node')
  },
}
