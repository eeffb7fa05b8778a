import { describe, expect, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import { openLine, upgradeRequest } from '../../support/clients/raw-socket.ts'
import { at } from '../../support/paths.ts'
import { type Server, serving } from '../../support/servers/serving.ts'
import { tokenFor } from '../../support/servers/token-for.ts'

/** The status of an upgrade with this header, as it stands. */
async function upgraded(server: Server, origin: string | null): Promise<number> {
  const line = await openLine(server.port)
  line.write(upgradeRequest({ Origin: origin }))
  const head = await line.until('the answer', (bytes) => bytes.includes('\r\n\r\n'))
  line.destroy()
  return Number(head.toString('latin1').split(' ')[1])
}

/** What each transport answers to an origin: upgrade, event stream, long-poll, a plain read, a write. */
async function verdicts(server: Server, origin: string | null): Promise<number[]> {
  const headers: Record<string, string> = origin === null ? {} : { origin }
  const path = '/v1/channels/chat:a/changes?after=0'
  const token = await tokenFor('alice')
  const stream = await openStream({ port: server.port, path, token, headers })
  stream.close()
  const alice = await server.rest('alice')
  const poll = await alice.get(`${path}&wait=1`, headers)
  const page = await alice.get(at('chat:a'), headers)
  const write = await alice.put(at('chat:a', 'messages', 'm'), { text: 'a' }, headers)
  return [await upgraded(server, origin), stream.status, poll.status, page.status, write.status]
}

const evil = [
  'https://evil.example',
  'null',
  'https://app.example.evil.com',
  'https://evilapp.example',
  'https://sub.app.example',
  'https://app.example:444',
  'http://app.example',
  'http://app.example:443',
  'https://app.example.',
  'https://app.example@evil.example',
  'https://app.example/path',
  'https://app.examplé',
  'app.example',
  '//app.example',
  'https://app.example, https://evil.example',
  'file://',
  '*',
  'http://localhost:5174',
  'https://[::1]',
  'chrome-extension://app.example',
].map((origin) => Buffer.from(origin).toString('latin1'))

const good = ['https://app.example', 'HTTPS://App.Example', 'https://app.example:443', 'http://localhost:5173', null]

describe('B17', () => {
  const server = serving({ origins: ['https://app.example', 'http://localhost:5173'] })

  test.each(evil)(
    '[ERR8] B17: the origin %s is refused with 403 over every transport, before any 101',
    async (origin) => {
      expect(await verdicts(server, origin)).toEqual([403, 403, 403, 403, 403])
    },
  )

  test.each(good)('[ERR8] B17: the origin %s is served over every transport', async (origin) => {
    await (await server.rest('alice')).put(at('chat:a', 'messages', 'm'), { text: 'a' })
    expect(await verdicts(server, origin)).toEqual([101, 200, 200, 200, 200])
  })

  test('[ERR8, TAG7] B17: a refused origin gets no CORS header, an allowed one exactly its own', async () => {
    const alice = await server.rest('alice')
    const refused = await alice.get('/v1/limits', { origin: 'https://evil.example' })
    expect(refused.headers['access-control-allow-origin']).toBeUndefined()
    const allowed = await alice.get('/v1/limits', { origin: 'https://app.example' })
    expect(allowed.headers['access-control-allow-origin']).toBe('https://app.example')
    for (const { headers } of [refused, allowed]) expect(headers.vary).toMatch(/origin/i)
  })
})
