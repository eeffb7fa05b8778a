/**
 * Runs in a network of its own (`unshare --user --map-root-user --net`): a server, a reader on each transport, and then
 * nothing that the server sends arrives any more, nor is it refused. Prints how many readers there were, and after how
 * many seconds each kind was gone.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { demoConfig, start } from 'dovetail-server'
import { WebSocket } from 'ws'
import { createRest } from '../../support/clients/rest.ts'
import { testSecret } from '../../support/servers/token-for.ts'

const gone = '127.0.0.2'
const channel = 'ticks:vanishing'
const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'inherit' })
const sysctl = (name: string, value: string) => execFileSync('sysctl', ['-qw', `${name}=${value}`])

ip('link', 'set', 'lo', 'up')
for (const device of ['all', 'lo']) sysctl(`net.ipv4.conf.${device}.disable_policy`, '0')

const running = await start({
  config: demoConfig,
  port: 0,
  store: 'memory:',
  secret: testSecret,
  webRoot: null,
  log: 'warn',
  limits: { commentSeconds: 1, pingSeconds: 1, pongSeconds: 1, presenceSeconds: 2 },
  drainSeconds: 0,
})
const rest = createRest({ port: running.port })

async function readers(): Promise<Record<string, number>> {
  const { text } = await rest.get('/metrics')
  const counts = [...text.matchAll(/dovetail_readers\{transport="(\w+)"\} (\d+)/g)]
  const described = await rest.get<{ readers: number }>(`/v1/channels/${channel}`)
  return { ...Object.fromEntries(counts.map(([, name, count]) => [name, Number(count)])), all: described.body.readers }
}

async function ask(query: string, accept: string): Promise<void> {
  const socket = connect({ port: running.port, host: '127.0.0.1', localAddress: gone })
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(`GET /v1/channels/${channel}/changes?${query} HTTP/1.1\r\nHost: localhost\r\nAccept: ${accept}\r\n\r\n`)
}

const peer = new WebSocket(`ws://127.0.0.1:${running.port}/v1/ws`, { localAddress: gone })
peer.on('error', () => {})
await once(peer, 'open')
peer.send('{"id":1,"op":"hello"}')
peer.send(`{"id":2,"op":"subscribe","channel":"${channel}"}`)
await ask('after=0', 'text/event-stream')
await ask('after=0&wait=55', 'application/json')
while ((await readers()).all !== 3) await pause(50)
const before = await readers()

ip('xfrm', 'policy', 'add', 'dst', `${gone}/32`, 'dir', 'in', 'action', 'block')
const cutAt = performance.now()
const goneAfter: Record<string, number> = {}
// The counts come by two requests, so all are waited for: the last reader may go between the two.
const isOneLeft = (left: Record<string, number>) => Object.values(left).some((count) => count > 0)
for (let left = before; isOneLeft(left) && performance.now() - cutAt < 50_000; await pause(100)) {
  left = await readers()
  for (const [name, count] of Object.entries(left))
    if (count === 0) goneAfter[name] ??= Math.round(performance.now() - cutAt) / 1000
}
const { text } = await rest.get('/metrics')
const closed = Number(/dovetail_closed_total\{code="4408"\} (\d+)/.exec(text)?.[1])
process.stdout.write(`${JSON.stringify({ before, goneAfter, closed })}\n`)
process.exit(0)
