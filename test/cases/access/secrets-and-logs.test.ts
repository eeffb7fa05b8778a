import { describe, expect, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import {
  frame,
  opcodes,
  openLine,
  openUpgraded,
  serverCloseCode,
  upgradeRequest,
} from '../../support/clients/raw-socket.ts'
import { at } from '../../support/paths.ts'
import { spawnServer } from '../../support/servers/spawn-server.ts'
import { tokenFor } from '../../support/servers/token-for.ts'

/** The label sets of all metrics, without their values. */
const series = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.slice(0, line.lastIndexOf(' ')))

/** Who does not answer pings is closed, and that is logged with the name that the token gave. */
async function fallSilent(port: number, token: string): Promise<void> {
  const line = await openUpgraded(port)
  line.write(frame({ opcode: opcodes.text, payload: JSON.stringify({ id: 1, op: 'hello', token }) }))
  await line.until('a close', (bytes) => serverCloseCode(bytes) !== undefined)
  line.destroy()
}

describe('what a server discloses about its callers', () => {
  test('[TOK8, RST36] no log, metric, error or header contains a token, and hostile names break no log line', {
    timeout: 60_000,
  }, async () => {
    const { server, stderr, stdout, kill } = await spawnServer({
      args: ['--store', 'memory:', '--log', 'trace', '--limit', 'pingSeconds=0.5', '--limit', 'pongSeconds=0.5'],
    })
    const good = await tokenFor('alice', { ttl: 600 })
    const [late, forged] = [await tokenFor('alice', { ttl: -600 }), `${good.slice(0, -8)}CANARY42`]
    const nobody = await server.rest()
    const replies: string[] = []
    const keep = ({ text, headers }: { text: string; headers: object }) => replies.push(text, JSON.stringify(headers))
    const { ticket } = (await nobody.as(good).post<{ ticket: string }>('/v1/tickets', {})).body
    for (const token of [good, late, forged, ticket]) {
      keep(await nobody.as(token).get('/v1/channels/chat:a/changes?after=x'))
      keep(await nobody.as(token).post(at('prices:a', 'quotes'), { symbol: 1 }))
      keep(await nobody.get(`/v1/nowhere?token=${token}&access_token=${token}`))
      keep(await nobody.get(`/v1/channels/chat:a/changes?after=x&ticket=${token}`, { referer: `http://x/?t=${token}` }))
      keep(await nobody.get('/v1/me', { authorization: `Basic ${token}`, cookie: `token=${token}` }))
      const socket = await server.open()
      replies.push(JSON.stringify(await socket.command('hello', { token })))
      socket.sendRaw(`{"id":9,"op":"${token}"}`)
      const stream = await openStream({ port: server.port, path: `/v1/changes?sub=chat:a@&ticket=${token}` })
      stream.close()
    }
    const before = series((await nobody.get('/metrics')).text)
    for (let n = 0; n < 40; n++) {
      const rest = await server.rest(`user-${n}`)
      keep(await rest.get(`/v1/channels/${encodeURIComponent(`x\r\nlevel: fatal ${n}`)}`))
      keep(await rest.post(at(`chat:canary-channel-${n}`), { text: 'a' }, { 'user-agent': `canary-agent-${n}` }))
    }
    const line = await openLine(server.port)
    line.write(`GET /v1/x%0d%0ainjected HTTP/1.1\r\nHost: localhost\r\nX-A: b\rc\r\n\r\n`)
    await line.ended
    const upgrade = await openLine(server.port)
    upgrade.write(upgradeRequest({ 'Sec-WebSocket-Protocol': 'CANARY42' }))
    await upgrade.ended
    const metrics = (await nobody.get('/metrics')).text
    expect(series(metrics).filter((each) => !before.includes(each)).length).toBeLessThan(20)
    expect(metrics).not.toMatch(/canary|user-\d/)
    await fallSilent(server.port, good)
    await kill('SIGTERM')
    expect(stderr()).toMatch(/"code":4408,"user":"alice"/)
    const everything = [stderr(), stdout(), metrics, ...replies].join('\n')
    for (const secret of [good, late, 'CANARY42', ticket]) expect(everything).not.toContain(secret)
    for (const each of stderr()
      .trim()
      .split('\n')
      .filter((text) => text !== '')) {
      expect(Object.keys(JSON.parse(each) as object)).toEqual(expect.arrayContaining(['level', 'time']))
    }
  })
})
