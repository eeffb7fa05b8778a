import type { Page } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'
import { agreed, bothTransports } from '../../support/transports/both-transports.ts'

const long = (tail: string) => `chat:${'n'.repeat(90)}${tail}`

describe.each(stores)('B30, %s store', (store) => {
  const server = serving({ store })

  test.each([
    'chat:constructor',
    'chat:hasOwnProperty',
    'chat:__proto__',
    'chat:toString',
    'chat::',
    'chat:ROOM',
    'chat:room',
    long('a'),
    long('b'),
  ])(
    '[NAM1, NAM6] B30: the channel %s works over every transport and shares its messages with no other',
    async (channel) => {
      const socket = await server.connect('alice')
      await socket.subscribe(channel)
      expect(await bothTransports(server, 'alice', { channel }, '{"text":"a"}')).toEqual(agreed('ok'))
      const frames = await socket.reached(channel, 2)
      expect(frames.flatMap(({ changes }) => changes)).toHaveLength(2)
      const rest = await server.rest()
      expect((await rest.get<Page>(at(channel))).body.records).toHaveLength(2)
    },
  )

  test.each(['constructor', 'hasOwnProperty', 'valueOf'])(
    '[ERR5] B30: the namespace %s is not declared',
    async (channel) => {
      expect(await bothTransports(server, 'alice', { channel }, '{"text":"a"}')).toEqual(agreed('not_found'))
      const socket = await server.connect('alice')
      expect((await socket.refused('subscribe', { channel })).code).toBe('not_found')
    },
  )

  test.each(['constructor', 'valueof'])('[ERR5] B30: the collection %s is not declared', async (collection) => {
    expect(await bothTransports(server, 'alice', { channel: 'chat:a', collection }, '{}')).toEqual(agreed('not_found'))
    const socket = await server.connect('alice')
    expect((await socket.refused('subscribe', { channel: 'chat:a', last: { [collection]: 1 } })).code).toBe('not_found')
  })
})
