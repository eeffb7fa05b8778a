/** Graceful shutdown: what clients and probes see from SIGTERM until the process has ended. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { openStream } from '../support/clients/event-stream.ts'
import { freshChannel } from '../support/paths.ts'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { awaitLater } from '../support/until.ts'

test('[RUN9, WSK26, CLO6] SIGTERM sends goaway, then 1012, finishes commits, and exits within 10 s', {
  timeout: 60_000,
}, async () => {
  const spawned = await spawnServer({ args: ['--drain', '3'] })
  const channel = freshChannel()
  const sockets = await Promise.all(Array.from({ length: 4 }, (_, n) => spawned.server.connect(`u${n}`)))
  await Promise.all(sockets.map((socket) => socket.subscribe(channel)))
  const started = performance.now()
  const ended = spawned.kill('SIGTERM')
  for (const socket of sockets) {
    const { reconnectInMs } = await socket.next('goaway')
    expect(reconnectInMs).toBeGreaterThanOrEqual(0)
    expect(reconnectInMs).toBeLessThan(10_000)
  }
  expect((await Promise.all(sockets.map((socket) => socket.ended()))).map(({ code }) => code)).toEqual([
    1012, 1012, 1012, 1012,
  ])
  expect((await ended).code).toBe(0)
  expect(performance.now() - started).toBeLessThan(10_000)
})

test('[RUN9, RST24, RST36] a draining node is alive and not ready', {
  timeout: 60_000,
}, async () => {
  const { server, kill } = await spawnServer({ args: ['--drain', '9'] })
  const channel = freshChannel()
  const path = `/v1/channels/${channel}`
  const sockets = await Promise.all(Array.from({ length: 20 }, (_, n) => server.connect(`u${n}`)))
  await Promise.all(sockets.map((socket) => socket.subscribe(channel)))
  const token = await tokenFor('alice')
  const stream = await openStream({ port: server.port, path: `${path}/changes`, token })
  onTestFinished(() => stream.close())
  const poll = awaitLater((await server.rest('bob')).get(`${path}/changes?wait=50`))
  // As a prober does: a connection of its own for each question.
  const probe = async (what: string) => {
    const { status } = await fetch(`${server.url}${what}`, { headers: { connection: 'close' } })
    return `${what} ${status}`
  }
  expect(await Promise.all([probe('/healthz'), probe('/readyz')])).toEqual(['/healthz 200', '/readyz 200'])
  let open = sockets.length
  for (const socket of sockets) void socket.ended().then(() => open--)
  const ended = kill('SIGTERM')
  await Promise.all(sockets.map((socket) => socket.next('goaway')))
  let asked = 0
  while (open > 3) {
    const answers = await Promise.all([probe('/healthz'), probe('/readyz')])
    expect(answers).toEqual(['/healthz 200', '/readyz 503'])
    asked++
    await sleep(50)
  }
  expect(asked).toBeGreaterThan(0)
  await stream.next('goaway')
  await stream.ended()
  expect((await poll).status).toBe(200)
  expect((await ended).code).toBe(0)
})
