/** Unmodified SSE clients through a restart. More of them, from other languages: `npm run outside`, docs/outside.md. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openStream } from '../support/clients/event-stream.ts'
import { expectAllBack, followWithAll, untilAllFollow } from '../support/clients/foreign-clients.ts'
import { freshChannel } from '../support/paths.ts'
import { spawnServer } from '../support/servers/spawn-server.ts'

test('[RDG23, RUN13, C1] Chromium, eventsource and undici come back from a restart without a gap', {
  timeout: 180_000,
}, async () => {
  const spawned = await spawnServer({ args: ['--drain', '6'] })
  const channel = freshChannel()
  const followers = followWithAll(`${spawned.server.url}/v1/channels/${channel}/changes`)
  const alice = await spawned.server.rest('alice')
  const posted: string[] = []
  const post = async () => {
    const text = `m${posted.length}`
    expect((await alice.post(`/v1/channels/${channel}/messages`, { text })).status).toBe(201)
    posted.push(text)
  }
  await untilAllFollow(followers, post)
  // A drain of four seconds: the three are cut first, and come back to the node that drains.
  const crowd = Array.from({ length: 40 }, () =>
    openStream({ port: spawned.server.port, path: '/v1/channels/chat:crowd/changes' }),
  )
  await Promise.all(crowd)
  const ended = spawned.kill('SIGTERM')
  await post()
  await sleep(3500)
  await post()
  expect((await ended).code).toBe(0)
  await spawned.restart()
  await post()
  await expectAllBack(followers, posted)
})
