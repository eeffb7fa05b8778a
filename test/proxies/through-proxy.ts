/** What everybody behind a proxy needs of it. */
import type { ChangesReply, LiveRecord } from 'dovetail-protocol'
import { expect, onTestFinished } from 'vitest'
import { openStream } from '../support/clients/event-stream.ts'
import { at, freshChannel } from '../support/paths.ts'
import { type Server, serverAt } from '../support/servers/serving.ts'

/** Writes by the server itself, and reads through the proxy on `port`. */
export async function expectEveryTransport(server: Server, port: number): Promise<void> {
  const through = serverAt(port)
  onTestFinished(() => through.stop())
  const channel = freshChannel()
  const writer = await server.rest('alice')
  await writer.post(at(channel), { text: '1' })
  const reader = await through.rest()
  const { cursor } = (await reader.get<ChangesReply>(`/v1/channels/${channel}/changes?after=0`)).body

  const socket = await through.connect('bob')
  await socket.subscribe(channel, { after: cursor })
  const stream = await openStream({ port, path: `/v1/channels/${channel}/changes?after=${cursor}` })
  onTestFinished(() => stream.close())
  // It begins at once, so it is not held back until it is whole.
  await stream.next('changes')
  const polled = reader.get<ChangesReply>(`/v1/channels/${channel}/changes?after=${cursor}&wait=25`)
  const posted = await writer.post<LiveRecord>(at(channel), { text: '2' })

  const change = { collection: 'messages', record: posted.body }
  expect((await socket.reached(channel, 2)).at(-1)?.changes).toEqual([change])
  expect((await stream.next('changes')).data).toMatchObject({ to: 2, changes: [change] })
  expect((await polled).body.changes).toEqual([change])

  const path = at(channel, 'messages', posted.body.id)
  const { etag } = (await reader.get(path)).headers
  expect((await reader.get(path, { 'if-none-match': String(etag) })).status).toBe(304)
}
