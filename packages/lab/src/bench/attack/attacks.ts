/** What one attacker does, of each kind: as fast as the server lets it, over a few connections, for as long as it is let. */
import { getRequest, PostConnection, postRequest } from '../../load/post-connection.ts'
import { WebSocketReader } from '../../load/websocket-reader.ts'
import { signedToken } from '../../processes/service-token.ts'

export interface Target {
  readonly port: number
  readonly secret: string
  /** A channel with a long history. */
  readonly channel: string
  /** How many records it has. */
  readonly records: number
}

/** How many answers had which status; a connection that broke or was closed counts as `cut`. */
export type Answers = Record<string, number>

export type Attack = (target: Target, answers: Answers) => Promise<never>

const connections = 16
const user = 'mallory'
const restMs = 50

/** The requests that a loop sends on its connections, one after the other. */
type Requests = (target: Target, n: number) => string

function tokenOf({ secret }: Target): string {
  return signedToken(secret, { sub: user, role: 'user' }, 3600)
}

function count(answers: Answers, outcome: string | number): void {
  answers[outcome] = (answers[outcome] ?? 0) + 1
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function byHttp(requests: Requests): Attack {
  return async (target, answers) => {
    let n = 0
    const loop = async (): Promise<never> => {
      const line = new PostConnection(target.port)
      for (;;) {
        const { status } = await line.send(requests(target, n++)).catch(() => ({ status: 'cut' as const }))
        count(answers, status)
        if (status === 'cut') await pause(restMs)
      }
    }
    return await Promise.race(Array.from({ length: connections }, loop))
  }
}

function get(path: (target: Target, n: number) => string): Attack {
  return byHttp((target, n) => getRequest({ port: target.port, path: path(target, n), token: tokenFor(target) }))
}

function post(path: (target: Target, n: number) => string, body: (n: number, target: Target) => string): Attack {
  return byHttp((target, n) =>
    postRequest({ port: target.port, path: path(target, n), token: tokenFor(target) })(body(n, target)),
  )
}

/** Signed once: an attacker does not pay for it with each request. */
const tokens = new Map<string, string>()
function tokenFor(target: Target): string {
  const token = tokens.get(target.secret) ?? tokenOf(target)
  tokens.set(target.secret, token)
  return token
}

/** Sockets that send these texts without waiting for anything; a new one where one is closed. */
function bySocket(texts: (target: Target, n: number) => string, perTurn: number): Attack {
  return async (target, answers) => {
    let n = 0
    const loop = async (): Promise<never> => {
      for (;;) {
        const socket = new WebSocketReader({
          port: target.port,
          path: '/v1/ws',
          onText: () => count(answers, 'frames'),
        })
        const isOpen = await socket.opened.then(
          () => true,
          () => false,
        )
        let isOver = !isOpen
        void socket.ended.then((code) => {
          isOver = true
          count(answers, `closed ${code}`)
        })
        if (isOpen) socket.send(JSON.stringify({ id: 'h', op: 'hello', token: tokenFor(target) }))
        while (!isOver) {
          for (let each = 0; each < perTurn; each++) socket.send(texts(target, n++))
          await pause(1)
        }
        socket.destroy()
        await pause(restMs)
      }
    }
    return await Promise.race(Array.from({ length: connections }, loop))
  }
}

const upgrades: Attack = async ({ port }, answers) => {
  const loop = async (): Promise<never> => {
    for (;;) {
      const socket = new WebSocketReader({ port, path: '/v1/ws', onText: () => {} })
      count(
        answers,
        await socket.opened.then(
          () => 101,
          () => 'refused',
        ),
      )
      socket.destroy()
      await pause(1)
    }
  }
  return await Promise.race(Array.from({ length: connections }, loop))
}

const forged = (n: number): string =>
  signedToken(`not the secret, but one that is as long ${n % 97}`, { sub: user }, 60)

export const attacks: Readonly<Record<string, Attack>> = {
  search: get(() => '/v1/search?q=message'),
  'deep pages': get(({ channel, records }, n) => {
    const before = 500 + ((n * 7919) % records)
    return `/v1/channels/${channel}/messages?limit=500&before=${before}`
  }),
  'catch-ups from 0': get(({ channel }) => `/v1/channels/${channel}/changes?after=0&limit=1000`),
  brackets: post(
    () => '/v1/batch',
    () => '['.repeat(1_000_000),
  ),
  upgrades,
  presence: post(
    (_target, n) => `/v1/channels/chat:p${n % 500}/presence`,
    (n) => JSON.stringify({ client: `c${n % 5000}`, state: { n } }),
  ),
  guests: byHttp(({ port }, n) => postRequest({ port, path: '/v1/guests' })(JSON.stringify({ name: `guest ${n}` }))),
  tickets: post(
    () => '/v1/tickets',
    () => '',
  ),
  pings: bySocket((_target, n) => JSON.stringify({ id: n, op: 'ping' }), 50),
  'bad tokens': byHttp(({ port }, n) => getRequest({ port, path: '/v1/me', token: forged(n) })),
  'file announcements': post(
    (_target, n) => `/v1/channels/chat:f${n % 500}/files`,
    (n) => JSON.stringify({ name: `f${n}.png`, type: 'image/png', size: 10_000_000 }),
  ),
  appends: bySocket((_target, n) => {
    const at = { channel: 'chat:grown', collection: 'messages', recordId: 'm' }
    if (n % 1000 === 0) return JSON.stringify({ id: n, op: 'put', ...at, data: { text: 'x' } })
    return JSON.stringify({ id: n, op: 'append', ...at, data: [{ op: 'append', path: '/text', value: ' more' }] })
  }, 10),
  follow: get(({ channel }, n) => {
    const subs = Array.from({ length: 49 }, (_, at) => `sub=chat:s${(n + at) % 5000}@0`)
    return n % 2 === 0 ? '/v1/follow?pattern=*&after=0' : `/v1/changes?sub=${channel}@0&${subs.join('&')}`
  }),
}
