import type { LiveRecord } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

describe.each(stores)('B03, %s store', (store) => {
  const server = serving({ store, limits: { commands: 100_000, commandsBurst: 100_000 } })

  test('[WSK9] B03: a change written right after the reply to subscribe arrives, for the first subscriber too', {
    timeout: 120_000,
  }, async () => {
    const writer = await server.rest('writer')
    const socket = await server.connect()
    for (let n = 0; n < 200; n++) {
      const channel = freshChannel()
      await socket.subscribe(channel)
      const { body } = await writer.post<LiveRecord>(at(channel), { text: `${n}` })
      const [frame] = await socket.reached(channel, 1)
      expect(frame?.changes).toEqual([{ collection: 'messages', record: body }])
      await socket.ok('unsubscribe', { channel })
    }
  })
})
