import type { ChangesReply, ExportReply, LiveRecord, Page, Problem } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { type Server, serving, stores } from '../../support/servers/serving.ts'

const changesPath = (channel: string, after: string) => `/v1/channels/${channel}/changes?after=${after}`

/** A channel whose tombstone was purged: of its revisions 1 to 3, the deletion was the last. */
async function withPurged(server: Server) {
  const alice = await server.rest('alice')
  const channel = freshChannel()
  const made = await alice.put<LiveRecord>(at(channel, 'messages', 'gone'), { text: 'a' })
  await alice.put(at(channel, 'messages', 'kept'), { text: 'b' })
  await alice.delete(at(channel, 'messages', 'gone'))
  const epoch = String(made.headers['dovetail-at']).split('.')[0]
  const poll = async () => (await alice.get(changesPath(channel, `${epoch}.2`))).status
  await expect.poll(poll, { interval: 50 }).toBe(410)
  return { alice, channel, epoch, head: `${epoch}.3` }
}

describe.each(stores)('tombstones that are kept for a moment, %s store', (store) => {
  const server = serving({ store, retainMs: 100 })

  test('[PRM5, RDG6, WSK12] a cursor from before the purge is expired, on every transport', {
    timeout: 60_000,
  }, async () => {
    const { alice, channel, epoch, head } = await withPurged(server)
    const expired = { reason: 'expired', cursor: head }
    const old = changesPath(channel, `${epoch}.1`)
    for (const path of [old, `${old}&wait=30`])
      expect((await alice.get<Problem>(path)).body).toMatchObject({ code: 'reset', ...expired })
    const several = await alice.get<{ channels: unknown[] }>(`/v1/changes?sub=${channel}@${epoch}.1`)
    expect(several.body.channels).toMatchObject([{ channel, error: { code: 'reset', ...expired } }])
    const stream = await openStream({ port: server.port, path: old })
    onTestFinished(() => stream.close())
    expect((await stream.next('reset')).data).toMatchObject({ channel, epoch, ...expired })
    const socket = await server.connect('alice')
    const reply = await socket.subscribe(channel, { after: `${epoch}.1`, last: { messages: 5 } })
    expect(reply).toMatchObject({ resume: 'reset', epoch, ...expired })
    expect(reply.snapshot?.messages?.records.map(({ id }) => id)).toEqual(['kept'])
  })

  test('[MOD8, RDG4] the log is read from its beginning in pages, on every transport; a later purge is a reset', {
    timeout: 120_000,
  }, async () => {
    const alice = await server.rest('alice')
    const service = await server.rest('backend', { role: 'service' })
    const channel = freshChannel()
    const names = ['a', 'b', 'c', 'd', 'e']
    for (const name of names) await alice.put(at(channel, 'messages', name), { text: name })
    const { headers } = await alice.get(at(channel, 'messages', 'a'))
    const epoch = String(headers['dovetail-at']).split('.')[0]
    const purgedTo = async (rev: number) => {
      const poll = async () => (await alice.get(changesPath(channel, `${epoch}.${rev - 1}`))).status
      await expect.poll(poll, { interval: 50 }).toBe(410)
    }
    const idsOf = (changes: ChangesReply['changes']) => changes.map(({ record }) => record.id)
    await alice.delete(at(channel, 'messages', 'a'))
    await purgedTo(6)
    const first = (await alice.get<ChangesReply>(`${changesPath(channel, '0')}&limit=2`)).body
    expect([first.cursor, idsOf(first.changes)]).toEqual([`${epoch}.3~6`, ['b', 'c']])
    for (const path of [
      `${changesPath(channel, first.cursor)}&wait=30`,
      `/v1/changes?sub=${channel}@${first.cursor}`,
    ]) {
      const { body } = await alice.get<ChangesReply & { channels?: ChangesReply[] }>(path)
      const rest = body.channels?.[0] ?? body
      expect([rest.cursor, idsOf(rest.changes)]).toEqual([`${epoch}.6`, ['d', 'e']])
    }
    const socket = await server.connect('alice')
    expect(await socket.subscribe(channel, { after: first.cursor })).toMatchObject({ resume: 'catching_up' })
    expect(idsOf((await socket.next('changes', channel)).changes)).toEqual(['d', 'e'])
    const stream = await openStream({ port: server.port, path: changesPath(channel, first.cursor) })
    onTestFinished(() => stream.close())
    expect((await stream.next('changes')).data).toMatchObject({ from: 3, to: 6 })
    const exported: string[] = []
    for (let after = '0', more = true; more; ) {
      const { body } = await service.get<ExportReply>(`/v1/export/${channel}?limit=1&after=${after}`)
      exported.push(...body.records.map(({ id }) => id))
      ;({ cursor: after, more } = body)
    }
    expect(exported).toEqual(['b', 'c', 'd', 'e'])
    await alice.delete(at(channel, 'messages', 'b'))
    await purgedTo(7)
    expect((await alice.get(changesPath(channel, first.cursor))).status).toBe(410)
  })

  test('[MOD8, PRM3] the cursors 0 and the head stay valid, and nothing of the record is left', {
    timeout: 60_000,
  }, async () => {
    const { alice, channel, head } = await withPurged(server)
    const whole = (await alice.get<ChangesReply>(changesPath(channel, '0'))).body
    expect([whole.cursor, whole.changes.map(({ record }) => record.id)]).toEqual([head, ['kept']])
    expect((await alice.get<ChangesReply>(changesPath(channel, head))).body.changes).toEqual([])
    expect((await alice.get(at(channel, 'messages', 'gone'))).status).toBe(404)
    const again = await alice.put<LiveRecord>(at(channel, 'messages', 'gone'), { text: 'new' })
    expect([again.status, again.body.pos, again.body.rev]).toEqual([201, 4, 4])
    expect((await alice.get<Page>(at(channel))).body.records.map(({ id }) => id)).toEqual(['kept', 'gone'])
  })
})
