import type { ChangesReply, Page } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'
import { bothTransports } from '../../support/transports/both-transports.ts'

describe.each(stores)('B26, %s store', (store) => {
  const server = serving({ store })

  test('[LIM19, ERR7] B26: broken text is refused over every transport, and the channel reads normally afterwards', async () => {
    const channel = freshChannel()
    const verdicts: string[] = []
    for (const text of ['\\ud83d', '\\udc00\\ud83d', 'a\\u0000b', '\\ufffe', 'a\\u202e']) {
      const { rest, socket } = await bothTransports(server, 'alice', { channel }, `{"text":"${text}"}`)
      verdicts.push(rest, socket)
    }
    const refused = Array(6).fill('invalid_text')
    expect(verdicts).toEqual([...refused, 'ok', 'ok', 'ok', 'ok'])
    const alice = await server.rest('alice')
    const page = (await alice.get<Page>(at(channel))).body
    expect(page.records).toHaveLength(4)
    const changes = (await alice.get<ChangesReply>(`/v1/channels/${channel}/changes?after=0`)).body
    expect(changes.changes).toHaveLength(4)
    const socket = await server.connect()
    await socket.subscribe(channel, { after: '0' })
    await socket.reached(channel, 4)
    await alice.post(at(channel), { text: 'good' })
    expect((await socket.reached(channel, 5)).at(-1)?.changes.at(-1)?.record).toMatchObject({ data: { text: 'good' } })
  })
})
