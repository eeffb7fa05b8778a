import { describe, expect, test } from 'vitest'
import { channel, messages, rowsOf, say, stored } from './support/chat.ts'
import { calm } from './support/fake-server.ts'
import { MemoryStorage, world } from './support/world.ts'

describe('[N13] a write whose answer was lost', () => {
  /** Commits the write, loses its answer, and returns the client of a page that is loaded later. */
  async function lostAnswer(op: 'create' | 'update' = 'create') {
    const storage = new MemoryStorage()
    const { clock, server, client, open } = world({ storage, token: 'ana' })
    server.commit(channel, 'ana', say('first', 'r0'))
    const view = messages(client).live()
    await clock.advance(10)
    if (op === 'create') view.create({ text: 'once' })
    else view.update('r0', { text: 'once' })
    await clock.advance(1)
    server.down = true
    server.cut()
    client.close()
    server.down = false
    server.log(channel).forgetKeys()
    const later = async (ms = 25 * 3_600_000) => {
      await clock.advance(ms)
      const again = open()
      const next = messages(again).live()
      await clock.advance(10_000)
      return { again, next }
    }
    return { clock, server, storage, later }
  }

  test.each([10, 25 * 3_600_000])('is not repeated by a page that loads %i ms later', async (ms) => {
    const { server, storage, later } = await lostAnswer()
    const { again, next } = await later(ms)
    expect([stored(server), rowsOf(next), storage.length]).toEqual([
      ['first', 'once'],
      ['acknowledged first', 'acknowledged once'],
      0,
    ])
    again.close()
  })

  test('fails if its record was deleted meanwhile, and is sent when the user retries it', async () => {
    const { clock, server, later } = await lostAnswer()
    const record = server.log(channel).all('messages')[1]
    server.commit(channel, 'bo', { op: 'delete', collection: 'messages', recordId: record?.id })
    const { again, next } = await later()
    expect(next.records.at(-1)).toMatchObject({
      status: 'failed',
      data: { text: 'once' },
      error: { code: 'outcome_unknown' },
    })
    expect(stored(server)).toEqual(['first'])
    next.retry(next.records.at(-1)?.key ?? '')
    await clock.advance(1000)
    expect(stored(server)).toEqual(['first', 'once'])
    again.close()
  })

  test('fails if the log began anew, so that the user decides', async () => {
    const { server, later } = await lostAnswer()
    server.log(channel).restart('anew')
    server.log(channel).write('bo', say('new'))
    const { again, next } = await later()
    expect([rowsOf(next), stored(server)]).toEqual([['acknowledged new', 'failed once'], ['new']])
    again.close()
  })

  test('is sent again if it never reached the server', async () => {
    const storage = new MemoryStorage()
    const { clock, server, client, open } = world({ storage, transport: 'sse', token: 'ana' })
    server.commit(channel, 'ana', say('first'))
    const view = messages(client).live()
    await clock.advance(1000)
    server.weather = { ...calm, fate: (method) => (method === 'POST' ? 'lost' : 'served') }
    view.create({ text: 'once' })
    await clock.advance(10)
    client.close()
    server.weather = calm
    await clock.advance(25 * 3_600_000)
    const again = open()
    messages(again).live()
    await clock.advance(10_000)
    expect([stored(server), storage.length]).toEqual([['first', 'once'], 0])
    again.close()
  })

  test('an edit whose answer was lost does not overwrite later edits of others', async () => {
    const { server, later } = await lostAnswer('update')
    server.commit(channel, 'bo', { op: 'patch', collection: 'messages', recordId: 'r0', data: { text: 'by bo' } })
    const { again, next } = await later()
    expect(stored(server)).toEqual(['by bo'])
    expect(next.records[0]).toMatchObject({ status: 'failed', error: { code: 'outcome_unknown' } })
    next.discard(next.records[0]?.key ?? '')
    expect(rowsOf(next)).toEqual(['acknowledged by bo'])
    again.close()
  })
})
