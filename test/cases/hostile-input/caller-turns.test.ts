/** Many requests of one user at once: they take turns, and each has its reply. */
import { expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'

const server = serving()

test('[LIM39] pages that one user asks for at once are all given, whole', async () => {
  const channel = freshChannel()
  const ann = await server.rest('ann')
  const writes = Array.from({ length: 100 }, (_, n) => ({
    ...{ op: 'create', channel, collection: 'messages', data: { text: `message ${n}` } },
  }))
  expect((await ann.post('/v1/batch', { writes })).status).toBe(200)
  const pages = await Promise.all(
    Array.from({ length: 40 }, () => ann.get<{ records: unknown[] }>(`${at(channel)}?limit=100`)),
  )
  for (const { status, body } of pages) expect([status, body.records.length]).toEqual([200, 100])
})

test('[LIM39] long-polls of one user wait beside each other, and beside other requests of the user', async () => {
  const channel = freshChannel()
  const ann = await server.rest('ann')
  const { cursor } = (await ann.get<{ cursor: string }>(`/v1/channels/${channel}/changes?after=0`)).body
  const parked = Array.from({ length: 20 }, () =>
    ann.get<{ changes: unknown[] }>(`/v1/channels/${channel}/changes?after=${cursor}&wait=20`),
  )
  expect((await ann.post(at(channel), { text: 'hello' })).status).toBe(201)
  for (const { body } of await Promise.all(parked)) expect(body.changes).toHaveLength(1)
})
