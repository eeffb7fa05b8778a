import { describe, expect, onTestFinished, test } from 'vitest'
import type { Answer } from '../../support/clients/rest.ts'
import { operations } from '../../support/openapi/operations.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, startServer } from '../../support/servers/serving.ts'

const origin = 'https://app.example'
const preflight = {
  origin,
  'access-control-request-method': 'PATCH',
  'access-control-request-headers': 'authorization,content-type,idempotency-key,if-match,last-event-id,dovetail-at',
}

function expectOpen(answer: Answer): void {
  expect(answer.headers['access-control-allow-origin']).toBe('*')
  const exposed = String(answer.headers['access-control-expose-headers']).toLowerCase()
  for (const name of ['etag', 'location', 'dovetail-at', 'dovetail-cursor', 'retry-after'])
    expect(exposed).toContain(name)
}

describe('B24', () => {
  const server = serving({ webRoot: null })

  test('[TAG6] B24: OPTIONS on every route needs no token and allows what clients send', async () => {
    const nobody = await server.rest()
    const paths = [...new Set((await operations(nobody)).map(({ path }) => path))]
    expect(paths.length).toBeGreaterThan(20)
    for (const path of paths) {
      const answer = await nobody.send('OPTIONS', path, preflight)
      expect([path, answer.status, answer.text]).toEqual([path, 204, ''])
      expect(answer.headers['access-control-allow-origin']).toBe('*')
      expect(answer.headers['access-control-allow-methods']).toMatch(/GET.*PATCH.*DELETE/)
      const allowed = String(answer.headers['access-control-allow-headers']).toLowerCase()
      for (const name of preflight['access-control-request-headers'].split(',')) expect(allowed).toContain(name)
      expect(Number(answer.headers['access-control-max-age'])).toBeGreaterThan(0)
      const plain = await nobody.send('OPTIONS', path)
      expect([path, plain.status]).toEqual([path, 204])
    }
  })

  test('[TAG5] B24: HEAD on every route that can be read has the headers of GET and no body', async () => {
    const alice = await server.rest('alice')
    await alice.put(at('chat:a', 'messages', 'm'), { text: 'a' })
    const reads = (await operations(alice)).filter(({ method }) => method === 'GET')
    for (const { path } of reads) {
      const [get, head] = [await alice.get(path), await alice.send('HEAD', path)]
      expect([path, head.status, head.text]).toEqual([path, get.status, ''])
      // Figures of the process change from one reply to the next.
      const varying = ['date', 'keep-alive', 'ratelimit', ...(path === '/metrics' ? ['content-length'] : [])]
      const visible = ({ headers }: Answer) => Object.entries(headers).filter(([name]) => !varying.includes(name))
      expect([path, visible(head)]).toEqual([path, visible(get)])
    }
  })

  test('[RDG20] B24: HEAD on a stream and on a long-poll is answered at once', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    for (const path of [`/v1/channels/${channel}/changes`, `/v1/changes?sub=${channel}@`]) {
      const stream = await alice.send('HEAD', path, { accept: 'text/event-stream' })
      expect([stream.status, stream.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8'])
      const poll = await alice.send('HEAD', `${path}${path.includes('?') ? '&' : '?'}wait=50`)
      expect([poll.status, poll.text]).toEqual([200, ''])
    }
    expect((await alice.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers).toBe(0)
  })

  test('[TAG7] B24: errors carry CORS headers: 400, 401, 403, 404, 405, 410, 412, 415, 422', async () => {
    const [alice, nobody] = [await server.rest('alice'), await server.rest()]
    const path = at('chat:errors', 'messages', 'm')
    const json = { 'content-type': 'application/json', origin }
    await alice.put(path, { text: 'a' })
    const gone = at('chat:errors', 'messages', 'gone')
    await alice.put(gone, { text: 'a' })
    await alice.delete(gone)
    const answers = [
      await alice.get('/v1/channels/chat:errors/changes?after=x', { origin }),
      await nobody.put(path, { text: 'a' }, { origin }),
      await alice.post(at('prices:a', 'quotes'), { symbol: 'a', price: 1 }, { origin }),
      await alice.get('/v1/nowhere', { origin }),
      await alice.send('PATCH', '/v1/limits', json, '{}'),
      await alice.get(gone, { origin }),
      await alice.put(path, { text: 'b' }, { origin, 'if-match': '"x-1"' }),
      await alice.send('PUT', path, { origin, 'content-type': 'text/plain' }, 'a'),
      await alice.put(path, { text: 7 }, { origin }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([400, 401, 403, 404, 405, 410, 412, 415, 422])
    for (const answer of answers) expectOpen(answer)
  })

  test('[TAG7, ERR15] B24: 429, 500 and 503 carry CORS headers', async () => {
    const broken = await startServer({
      limits: { commands: 1, commandsBurst: 1 },
      log: 'silent',
      adapters: {
        store: (inner) =>
          new Proxy(inner, {
            get: (target, name) => {
              if (name === 'page') return () => Promise.reject(new Error('a fault of the driver'))
              const member: unknown = Reflect.get(target, name)
              return typeof member === 'function' ? member.bind(target) : member
            },
          }),
      },
    })
    onTestFinished(() => broken.stop())
    const alice = await broken.rest('alice')
    const failed = await alice.get(at('chat:a'), { origin })
    expect([500, 503]).toContain(failed.status)
    expect(failed.text).not.toContain('driver')
    const limited: Answer[] = []
    for (let n = 0; n < 10; n++) limited.push(await alice.post(at('chat:a'), { text: 'a' }, { origin }))
    const refused = limited.find(({ status }) => status === 429)
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0)
    for (const answer of [failed, ...limited]) expectOpen(answer)
  })
})
