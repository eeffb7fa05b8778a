import { createClient } from 'dovetail-client'
import type { ChangesReply } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { when } from '../../client/when.ts'
import { openStream } from '../../support/clients/event-stream.ts'
import { frame, opcodes, openUpgraded, serverFrames } from '../../support/clients/raw-socket.ts'
import { createRest } from '../../support/clients/rest.ts'
import { type IdleProxy, idleProxy } from '../../support/idle-proxy.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { tokenFor } from '../../support/servers/token-for.ts'

async function through(port: number, idleMs: number): Promise<IdleProxy> {
  const proxy = await idleProxy(port, idleMs)
  onTestFinished(() => proxy.stop())
  return proxy
}

// A twentieth of what it is by default, and of what proxies cut at: 25 s of pings and 15 s of comments against 60 s.
describe('B22', () => {
  const server = serving({ limits: { pingSeconds: 1, commentSeconds: 0.75, pongSeconds: 20, waitSeconds: 1 } })

  test('[LIM10, RDG7, RDG13] B22: quiet sockets, streams and polls survive a proxy that cuts idle connections', async () => {
    const proxy = await through(server.port, 3000)
    const channel = freshChannel()
    const line = await openUpgraded(proxy.port)
    line.write(frame({ opcode: opcodes.text, payload: '{"id":1,"op":"hello"}' }))
    const pings = () => serverFrames(line.received()).filter(({ opcode }) => opcode === opcodes.ping).length
    const stream = await openStream({ port: proxy.port, path: `/v1/channels/${channel}/changes` })
    onTestFinished(() => stream.close())
    const comments = (text: string) => text.split('\n').filter((each) => each.startsWith(':')).length
    const rest = createRest({ port: proxy.port })
    onTestFinished(() => rest.close())
    // Longer than the proxy lets pass without a byte.
    for (let n = 0; n < 5; n++) {
      const answer = await rest.get<ChangesReply>(`/v1/channels/${channel}/changes?after=0&wait=1`)
      expect([answer.status, answer.body.cursor, answer.body.changes]).toEqual([200, '0', []])
    }
    await stream.until('six comments', (text) => comments(text) >= 6)
    await line.until('five pings', () => pings() >= 5)
    await (await server.rest('alice')).post(at(channel), { text: 'still here' })
    await stream.until('the message', (text) => text.includes('still here'))
    expect(proxy.cut).toBe(0)
    line.destroy()
  })

  test('[RDG7, PRM2] B22: a proxy that cuts polls before their end: the SDK polls again, without a gap', async () => {
    const proxy = await through(server.port, 300)
    const channel = freshChannel()
    const client = createClient({
      url: `http://127.0.0.1:${proxy.port}`,
      token: await tokenFor('ana'),
      transport: 'long-poll',
      storage: null,
    })
    onTestFinished(() => client.close())
    const view = client.channel(channel).collection('messages').live()
    await when(view, ({ state }) => state === 'live')
    const alice = await server.rest('alice')
    for (let n = 0; n < 3; n++) {
      const cut = proxy.cut
      await expect.poll(() => proxy.cut).toBeGreaterThan(cut)
      await alice.post(at(channel), { text: `m${n}` })
    }
    await when(view, ({ records }) => records.length === 3)
    expect(view.records.map(({ data }) => data.text)).toEqual(['m0', 'm1', 'm2'])
    expect([view.error, client.state.name]).not.toContain('closed')
  })
})
