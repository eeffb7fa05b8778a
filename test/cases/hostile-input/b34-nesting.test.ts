import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { awaitLater } from '../../support/until.ts'

const bombs: readonly (readonly [string, string])[] = [
  ['brackets without an end', '['.repeat(100_000)],
  ['objects 20,000 deep', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
  ['a list 10,000 deep', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
  ['100,000 keys', `{"text":"a",${Array.from({ length: 100_000 }, (_, n) => `"k${n}":0`).join(',')}}`],
  ['a megabyte of escapes', `{"text":"${'\\u0000'.repeat(170_000)}"}`],
]

describe('B34', () => {
  const server = serving()

  test.each(bombs)('[LIM3, LIM5, ERR7] B34: %s is refused, and nobody else waits', async (_what, body) => {
    const alice = await server.rest('alice')
    const watch = await server.connect('watch')
    const sent = awaitLater(alice.send('POST', at(freshChannel()), { 'content-type': 'application/json' }, body))
    const before = performance.now()
    await watch.ok('ping')
    const waited = performance.now() - before
    const refused = await sent
    expect([400, 413, 422]).toContain(refused.status)
    expect(['invalid_json', 'too_deep', 'too_large', 'invalid_text']).toContain(refused.code)
    expect(waited).toBeLessThan(1_000)
    expect((await alice.get('/healthz')).status).toBe(200)
  })

  test.each(bombs)('[LIM3, LIM4, CLO8] B34: a command with %s is refused', async (_what, data) => {
    const channel = freshChannel()
    const socket = await server.connect('alice')
    const command = { id: 1, op: 'create', channel, collection: 'messages' }
    socket.sendRaw(`${JSON.stringify(command).slice(0, -1)},"data":${data}}`)
    const outcome = await Promise.race([
      socket.reply(1).then((reply) => ('ok' in reply ? 'ok' : reply.error.code)),
      socket.ended().then(({ code }) => code),
    ])
    expect(['too_deep', 'too_large', 'invalid_text', 4400, 1009]).toContain(outcome)
    const rest = await server.rest()
    expect((await rest.get<{ head: number }>(`/v1/channels/${channel}`)).body.head).toBe(0)
  })

  test('[LIM3] B34: depth is counted for whole commands too', async () => {
    const socket = await server.connect('alice')
    socket.sendRaw(`{"id":1,"op":"ping","odd":${'['.repeat(5_000)}${']'.repeat(5_000)}}`)
    const outcome = await Promise.race([socket.reply(1).then(() => 'reply'), socket.ended().then(({ code }) => code)])
    expect(['reply', 4400]).toContain(outcome)
    expect((await (await server.rest()).get('/healthz')).status).toBe(200)
  })
})
