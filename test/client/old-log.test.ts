/** A log whose oldest tombstones are purged, followed from its beginning by the SDK. */
import { createClient } from 'dovetail-client'
import type { ChangesReply } from 'dovetail-protocol'
import { expect, onTestFinished, test } from 'vitest'
import { at, freshChannel } from '../support/paths.ts'
import { serving } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'

const server = serving({ retainMs: 100, limits: { changesDefault: 2 } })

test('[MOD8, RDG4] `follow` from the beginning reads a purged log in several replies, without a reset', async () => {
  const ana = await server.rest('ana')
  const channel = freshChannel()
  for (const name of ['a', 'b', 'c', 'd', 'e']) await ana.put(at(channel, 'messages', name), { text: name })
  await ana.delete(at(channel, 'messages', 'a'))
  const { cursor } = (await ana.get<ChangesReply>(`/v1/channels/${channel}/changes`)).body
  const [epoch] = cursor.split('.')
  const poll = async () => (await ana.get(`/v1/channels/${channel}/changes?after=${epoch}.5`)).status
  await expect.poll(poll, { interval: 50 }).toBe(410)

  const client = createClient({ url: server.url, token: await tokenFor('ana'), storage: null })
  onTestFinished(() => client.close())
  const read: string[] = []
  const cursors: string[] = []
  for await (const each of client.channel(channel).follow({ after: '0' })) {
    read.push(...(each.type === 'reset' ? ['reset'] : each.changes.map(({ record }) => record.id)))
    cursors.push(each.cursor)
    if (each.cursor === cursor) break
  }
  expect(read).toEqual(['b', 'c', 'd', 'e'])
  expect(cursors).toEqual([`${epoch}.3~6`, cursor])
})
