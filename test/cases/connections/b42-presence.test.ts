import { describe, expect, test } from 'vitest'
import { frame, opcodes, openUpgraded, type RawLine, serverFrames } from '../../support/clients/raw-socket.ts'
import type { Socket } from '../../support/clients/socket.ts'
import { freshChannel } from '../../support/paths.ts'
import { type Server, serving } from '../../support/servers/serving.ts'
import { tokenFor } from '../../support/servers/token-for.ts'
import { awaitLater } from '../../support/until.ts'

/** Who a socket believes to be here, after its snapshot and all presence frames. */
function believed(socket: Socket, channel: string, snapshot: readonly { user: string }[] = []): string[] {
  const users = new Set(snapshot.map(({ user }) => user))
  for (const { join = [], leave = [], all } of socket.events('presence', channel)) {
    if (all !== undefined) users.clear()
    for (const { user } of [...(all ?? []), ...join]) users.add(user)
    for (const user of leave) users.delete(user)
  }
  return [...users].sort()
}

/** A socket that the test controls: it answers pings only when the test says so. */
async function present({ port }: Server, user: string, channel: string): Promise<RawLine> {
  const line = await openUpgraded(port)
  const hello = { id: 1, op: 'hello', token: await tokenFor(user) }
  const subscribe = { id: 2, op: 'subscribe', channel, presence: true }
  for (const command of [hello, subscribe])
    line.write(frame({ opcode: opcodes.text, payload: JSON.stringify(command) }))
  await line.until('the reply to subscribe', (bytes) => bytes.includes('"id":2'))
  return line
}

describe('B42', () => {
  const server = serving({ limits: { presenceSeconds: 0.5, pingSeconds: 0.1, pongSeconds: 20 } })

  test('[MOD16, WSK32] B42: a peer that stopped answering leaves, and is present again when it answers', async () => {
    const channel = freshChannel()
    const watcher = await server.connect('watcher')
    const { presence } = await watcher.subscribe(channel, { presence: true })
    const ann = await present(server, 'ann', channel)
    await watcher.next('presence', channel)
    expect(believed(watcher, channel, presence)).toEqual(['ann', 'watcher'])
    expect(await watcher.next('presence', channel)).toMatchObject({ leave: ['ann'] })
    ann.write(frame({ opcode: opcodes.text, payload: '{"id":3,"op":"ping"}' }))
    expect(await watcher.next('presence', channel)).toMatchObject({ join: [{ user: 'ann' }] })
    const whole = /"all":\[\{"user":"watcher",[^{}]*\},\{"user":"ann",[^{}]*\}\]/
    await ann.until('who is here, itself too', (bytes) => whole.test(bytes.toString('latin1')))
    ann.destroy()
    expect(await watcher.next('presence', channel)).toMatchObject({ leave: ['ann'] })
  })

  test('[WSK29, WSK32] B42: a leave at any moment around the presence snapshot gives the right list', {
    timeout: 60_000,
  }, async () => {
    const channel = freshChannel()
    for (let run = 0; run < 50; run++) {
      const [watcher, ann] = [await server.connect('watcher'), await server.connect('ann')]
      await ann.subscribe(channel, { presence: true })
      const snapshot = awaitLater(watcher.subscribe(channel, { presence: true }))
      // The leave and the snapshot overlap, a few steps of the event loop apart.
      for (let steps = 0; steps < run % 5; steps++) await new Promise(setImmediate)
      if (run % 2 === 0) ann.terminate()
      else void ann.command('unsubscribe', { channel }).catch(() => {})
      const { presence } = await snapshot
      await expect.poll(() => believed(watcher, channel, presence), { interval: 5 }).toEqual(['watcher'])
      watcher.close(1000)
      await watcher.ended()
      ann.terminate()
    }
  })
})

describe('B42 with a longer lease', () => {
  const server = serving({ limits: { presenceSeconds: 1.5, pingSeconds: 0.3, pongSeconds: 20 } })

  test('[MOD16, LIM10] B42: a peer that only answers pings is still present after five leases', async () => {
    const channel = freshChannel()
    const watcher = await server.connect('watcher')
    const { presence } = await watcher.subscribe(channel, { presence: true })
    const ann = await present(server, 'ann', channel)
    const pings = () => serverFrames(ann.received()).filter(({ opcode }) => opcode === opcodes.ping).length
    // 25 pings of 0.3 s are five leases of 1.5 s.
    for (let answered = 0; answered < 25; answered++) {
      await ann.until('a ping', () => pings() > answered)
      ann.write(frame({ opcode: opcodes.pong }))
    }
    expect(believed(watcher, channel, presence)).toEqual(['ann', 'watcher'])
    expect(watcher.events('presence', channel).flatMap(({ leave = [] }) => leave)).toEqual([])
    ann.destroy()
  })
})
