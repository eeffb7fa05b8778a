/** Which reads of the store a long-poll makes. */
import type { ChangesReply } from 'dovetail-protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { type Server, startServer } from '../../support/servers/serving.ts'
import { awaitLater } from '../../support/until.ts'

const reads: string[] = []
const counted = ['changes', 'channel', 'lookup', 'page', 'snapshot']
let server: Server

beforeAll(async () => {
  server = await startServer({
    adapters: {
      store: (store) =>
        new Proxy(store, {
          get: (target, name) => {
            const member: unknown = Reflect.get(target, name)
            if (typeof member !== 'function') return member
            return (...args: unknown[]) => {
              if (counted.includes(String(name))) reads.push(String(name))
              return Reflect.apply(member, target, args)
            }
          },
        }),
    },
  })
})
afterAll(() => server.stop())
beforeEach(() => {
  reads.length = 0
})

/** A channel that has been polled once, so that this node follows it, with its cursor. */
async function followed() {
  const alice = await server.rest('alice')
  const channel = freshChannel()
  const path = `/v1/channels/${channel}/changes`
  const poll = (after: string, query = '') => alice.get<ChangesReply>(`${path}?after=${after}&wait=30${query}`)
  const write = (text: string) => alice.post(at(channel), { text })
  /** In one commit, so that one flush has all of it. */
  const writeTogether = async (...texts: readonly string[]) => {
    const writes = texts.map((text) => ({ op: 'create', channel, collection: 'messages', data: { text } }))
    expect((await alice.post('/v1/batch', { writes })).status).toBe(200)
  }
  const readers = async () => (await alice.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers
  const isParked = () => expect.poll(readers, { interval: 20 }).toBe(1)
  await write('1')
  const { cursor } = (await alice.get<ChangesReply>(path)).body
  const first = awaitLater(poll(cursor))
  await isParked()
  await write('2')
  return { poll, write, writeTogether, isParked, cursor: (await first).body.cursor }
}

test('[RDG7] a poll that goes on from what this node holds reads nothing of the store, whether there is news or none yet', async () => {
  const { poll, write, writeTogether, isParked, cursor } = await followed()
  const parked = awaitLater(poll(cursor))
  await isParked()
  reads.length = 0
  await write('3')
  const { body } = await parked
  expect(body).toMatchObject({ from: 2, to: 3, more: false })
  await writeTogether('4', '5')
  reads.length = 0
  const behind = (await poll(body.cursor)).body
  expect(behind).toMatchObject({ from: 3, to: 5, more: false })
  expect(behind.changes).toHaveLength(2)
  expect(reads).toEqual([])
})

test('[RDG7, LIM8] a poll that is behind by more than its limit reads the store once', async () => {
  const { poll, writeTogether, cursor } = await followed()
  await writeTogether('3', '4', '5')
  reads.length = 0
  expect((await poll(cursor, '&limit=2')).body).toMatchObject({ from: 2, to: 4, more: true })
  expect(reads).toEqual(['changes'])
})

test('[RDG7] a cursor that this node can’t vouch for is judged by the store', async () => {
  const { poll, cursor } = await followed()
  const [epoch] = cursor.split('.')
  expect(await poll(`${epoch}.99`)).toMatchObject({ status: 410, code: 'reset' })
  expect(await poll('another.1')).toMatchObject({ status: 410, code: 'reset' })
  expect(await poll('nonsense')).toMatchObject({ status: 400, code: 'invalid_cursor' })
})
