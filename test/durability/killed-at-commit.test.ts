import type { LiveRecord, Page, WriteOk } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at } from '../support/paths.ts'
import { spawnServer } from '../support/servers/spawn-server.ts'

const channel = 'chat:killed'
const data = { text: 'the last word' }
const key = { 'idempotency-key': 'k' }

/** A server that dies at the commit of the word, and one that goes on with its data. */
async function killedAt(moment: string) {
  const doomed = await spawnServer({ entry: 'test/durability/killing-server.ts', env: { DOVETAIL_KILL: moment } })
  const before = await doomed.server.rest('alice')
  expect((await before.post(at(channel), { text: 'the first' })).status).toBe(201)
  await expect(before.post(at(channel), data, key)).rejects.toThrow()
  expect((await doomed.ended).signal).toBe('SIGKILL')
  const next = await spawnServer({ data: doomed.data, port: doomed.server.port })
  return { rest: await next.server.rest('alice'), socket: await next.server.connect('alice') }
}

describe('the process is killed at a commit', () => {
  test('[PRM6, PRM7] after the commit, before the reply: retries give the one record, over both transports', {
    timeout: 60_000,
  }, async () => {
    const { rest, socket } = await killedAt('after the commit')
    const found = (await rest.get<Page>(at(channel))).body.records[1]
    const retry = await rest.post<LiveRecord>(at(channel), data, key)
    const again = await socket.ok<WriteOk>('create', { channel, collection: 'messages', data, key: 'k' })
    expect(retry.status).toBe(200)
    expect(retry.body).toEqual(found)
    expect(again.record).toEqual(found)
    const { records, cursor } = (await rest.get<Page>(at(channel))).body
    expect(records.map((record) => record.rev)).toEqual([1, 2])
    expect(cursor?.endsWith('.2')).toBe(true)
  })

  test('[PRM6, PRM7] before the commit: nothing is stored, and the retry is the first write', {
    timeout: 60_000,
  }, async () => {
    const { rest } = await killedAt('before the commit')
    expect((await rest.get<Page>(at(channel))).body.records).toHaveLength(1)
    expect((await rest.post<LiveRecord>(at(channel), data, key)).status).toBe(201)
    expect((await rest.post<LiveRecord>(at(channel), data, key)).status).toBe(200)
    expect((await rest.get<Page>(at(channel))).body.records).toHaveLength(2)
  })
})
