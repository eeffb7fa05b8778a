import { expect, test } from 'vitest'
import { Requests } from '../requests/requests.ts'
import type { Incoming } from './incoming.ts'
import { sendRecords } from './send.ts'

test('records are sent in their order: a request leaves when the one before it was answered', async () => {
  let underWay = 0
  let mostUnderWay = 0
  const sent: string[] = []
  const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    if (String(url).endsWith('/v1/limits')) return Response.json({ batchWrites: 2 })
    underWay += 1
    mostUnderWay = Math.max(mostUnderWay, underWay)
    const { records } = JSON.parse(String(init?.body)) as { records: { id: string }[] }
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve))
    sent.push(...records.map(({ id }) => id))
    underWay -= 1
    return Response.json({ results: records.map(() => ({ status: 'created' })) })
  }
  const ids = ['a', 'b', 'c', 'd', 'e']
  const records: Incoming[] = ids.map((id, line) => ({
    line,
    channel: 'chat:a',
    record: { id, collection: 'messages', data: {} },
  }))
  const fault: Incoming = { line: 9, text: '{', fault: { code: 'invalid_json', detail: 'no JSON' } }
  const requests = new Requests({ url: 'http://x', token: undefined, fetch })
  const refused: unknown[] = []
  const counts = await sendRecords(requests, [...records, fault], {
    onRefused: ({ line }) => refused.push(line),
    onProgress: () => undefined,
  })
  expect(sent).toEqual(ids)
  expect(mostUnderWay).toBe(1)
  expect([counts, refused]).toEqual([{ created: 5, kept: 0, refused: 1 }, [9]])
})
