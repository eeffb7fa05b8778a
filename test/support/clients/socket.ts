import type { DownEvent, ErrorBody, HelloOk, Reply, SubscribeOk } from 'dovetail-protocol'
import { type ClientOptions, WebSocket } from 'ws'
import { until } from '../until.ts'

type EventOf<Op extends DownEvent['op']> = Extract<DownEvent, { op: Op }>
type Fields = Record<string, unknown>

export interface Socket {
  /** Sends a command under an id of its own and waits for its reply. */
  command<Ok = unknown>(op: string, fields?: Fields): Promise<Reply<Ok>>
  /** The same where it must succeed. */
  ok<Ok = unknown>(op: string, fields?: Fields): Promise<Ok>
  /** The same where it must be refused. */
  refused(op: string, fields?: Fields): Promise<ErrorBody>
  hello(token?: string): Promise<HelloOk>
  subscribe(channel: string, fields?: Fields): Promise<SubscribeOk>
  /** Sends a frame as it stands. */
  send(frame: unknown): void
  sendRaw(data: string | Buffer, binary?: boolean): void
  /** The reply to an id that `send` was given. */
  reply<Ok = unknown>(id: string | number): Promise<Reply<Ok>>
  /** The next event of this kind that no `next` gave yet. */
  next<Op extends DownEvent['op']>(op: Op, channel?: string): Promise<EventOf<Op>>
  /** All frames in the order received. */
  readonly frames: readonly Fields[]
  events<Op extends DownEvent['op']>(op: Op, channel?: string): EventOf<Op>[]
  /** Waits until the channel's changes have reached this revision, and gives all its frames. */
  reached(channel: string, rev: number): Promise<EventOf<'changes'>[]>
  /** Waits for the close, and gives its code. */
  ended(): Promise<{ code: number; reason: string }>
  readonly protocol: string
  close(code?: number, reason?: string): void
  /** Cuts the line without a close frame. */
  terminate(): void
  pause(): void
  resume(): void
}

export interface SocketOptions extends ClientOptions {
  readonly port: number
  readonly host?: string
  readonly protocols?: string[]
  readonly path?: string
  /** Over TLS. Default: no. */
  readonly isSecure?: boolean
}

/** A thin client that sends what the test asks and keeps every frame. Resolves once the socket is open. */
export async function openSocket(options: SocketOptions): Promise<Socket> {
  const ws = dial(options)
  const socket = wrap(ws)
  await until(
    'the socket to open',
    new Promise<void>((resolve, reject) => {
      ws.once('open', resolve)
      ws.once('error', reject)
    }),
  )
  return socket
}

function dial(options: SocketOptions): WebSocket {
  const { port, host = '127.0.0.1', protocols = ['dovetail.v1'], path = '/v1/ws', isSecure = false, ...rest } = options
  const url = `${isSecure ? 'wss' : 'ws'}://${host}:${port}${path}`
  return new WebSocket(url, protocols, { perMessageDeflate: false, ...rest })
}

/** The status of an upgrade: 101, or that of the refusal. */
export function upgradeStatus(options: SocketOptions): Promise<number> {
  const ws = dial(options)
  const status = new Promise<number>((resolve, reject) => {
    ws.on('unexpected-response', (request, response) => {
      resolve(response.statusCode ?? 0)
      response.resume()
      request.destroy()
    })
    ws.on('open', () => {
      resolve(101)
      ws.close()
    })
    ws.on('error', reject)
  })
  return until('the upgrade', status)
}

interface Inbox {
  readonly frames: Fields[]
  /** Waits for the first frame that fits; frames of the past count. */
  find(what: string, fits: (frame: Fields, index: number) => boolean): Promise<Fields>
}

function createInbox(ws: WebSocket, closed: Promise<{ code: number }>): Inbox {
  const frames: Fields[] = []
  const watchers = new Set<() => void>()
  const notify = () => {
    for (const watcher of watchers) watcher()
  }
  ws.on('message', (data) => {
    frames.push(JSON.parse(String(data)) as Fields)
    notify()
  })
  const find: Inbox['find'] = (what, fits) => {
    let watcher = () => {}
    const found = new Promise<Fields>((resolve, reject) => {
      let checked = 0
      watcher = () => {
        for (; checked < frames.length; checked++) {
          const frame = frames[checked]
          if (frame !== undefined && fits(frame, checked)) return resolve(frame)
        }
      }
      watchers.add(watcher)
      watcher()
      void closed.then(({ code }) =>
        reject(new Error(`closed with ${code} while waiting for ${what}. ${seen(frames)}`)),
      )
    })
    return until(what, found, () => seen(frames)).finally(() => watchers.delete(watcher))
  }
  return { frames, find }
}

function seen(frames: readonly Fields[]): string {
  const texts = frames.slice(-8).map((frame) => JSON.stringify(frame).slice(0, 300))
  return `Seen ${frames.length} frames, the last: ${texts.join('\n')}`
}

function wrap(ws: WebSocket): Socket {
  ws.on('error', () => {})
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.on('close', (code, reason) => resolve({ code, reason: String(reason) }))
  })
  const inbox = createInbox(ws, closed)
  const commands = commandsOf(ws, inbox)
  return {
    ...commands,
    ...eventsOf(inbox),
    frames: inbox.frames,
    hello: (token) => commands.ok<HelloOk>('hello', token === undefined ? {} : { token }),
    subscribe: (channel, fields = {}) => commands.ok<SubscribeOk>('subscribe', { channel, ...fields }),
    send: (frame) => ws.send(JSON.stringify(frame)),
    sendRaw: (data, binary = false) => ws.send(data, { binary }),
    ended: () => until('the close', closed, () => seen(inbox.frames)),
    protocol: ws.protocol,
    close: (code, reason) => ws.close(code, reason),
    terminate: () => ws.terminate(),
    pause: () => ws.pause(),
    resume: () => ws.resume(),
  }
}

function commandsOf(ws: WebSocket, inbox: Inbox): Pick<Socket, 'command' | 'ok' | 'refused' | 'reply'> {
  let lastId = 0
  const reply: Socket['reply'] = async <Ok>(id: string | number) =>
    (await inbox.find(`the reply to ${id}`, (frame) => frame.id === id && !('op' in frame))) as unknown as Reply<Ok>
  const command: Socket['command'] = (op, fields = {}) => {
    lastId += 1
    const id = `c${lastId}`
    ws.send(JSON.stringify({ id, op, ...fields }))
    return reply(id)
  }
  return {
    command,
    reply,
    ok: async <Ok>(op: string, fields?: Fields) => {
      const answer = await command<Ok>(op, fields)
      if ('error' in answer) throw new Error(`${op} was refused: ${JSON.stringify(answer.error)}`)
      return answer.ok
    },
    refused: async (op, fields) => {
      const answer = await command(op, fields)
      if ('ok' in answer) throw new Error(`${op} was not refused: ${JSON.stringify(answer.ok)}`)
      return answer.error
    },
  }
}

function eventsOf(inbox: Inbox): Pick<Socket, 'events' | 'next' | 'reached'> {
  const taken = new Set<number>()
  const events: Socket['events'] = <Op extends DownEvent['op']>(op: Op, channel?: string) =>
    inbox.frames.filter((frame) => isEvent(frame, op, channel)) as unknown as EventOf<Op>[]
  return {
    events,
    next: async <Op extends DownEvent['op']>(op: Op, channel?: string) => {
      let at = -1
      const frame = await inbox.find(`${op} of ${channel ?? 'any channel'}`, (candidate, index) => {
        at = index
        return !taken.has(index) && isEvent(candidate, op, channel)
      })
      taken.add(at)
      return frame as unknown as EventOf<Op>
    },
    reached: async (channel, rev) => {
      await inbox.find(
        `${channel} to reach ${rev}`,
        (frame) => isEvent(frame, 'changes', channel) && typeof frame.to === 'number' && frame.to >= rev,
      )
      return events('changes', channel)
    },
  }
}

function isEvent(frame: Fields, op: string, channel?: string): boolean {
  return frame.op === op && (channel === undefined || frame.channel === channel)
}
