/** A server that is compared: how it is started, posted to and listened to. All get the same messages. */
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PostOptions } from '../load/post-line.ts'
import { openSocket } from '../load/reader-crowd.ts'
import type { BenchSettings } from './bench-settings.ts'
import { type BenchTransport, dovetailReaders } from './dovetail-readers.ts'
import { flushesOf } from './flushes.ts'
import type { Door } from './pour-target.ts'
import { besides, type MeasuredServer, ServerProcess } from './server-process.ts'
import { serviceToken } from './service-token.ts'

export interface Contender extends Door {
  readonly name: string
  readonly server: MeasuredServer
  readonly path: string
  /** What a reader sends, once open, to receive the messages; `null`: nothing. */
  readonly greeting: readonly string[]
  /** The body of a post that publishes this text, and the status that answers it. */
  readonly body: (text: string) => string
  readonly status: number
  /** How often it has sent to readers since its start; absent: it doesn't tell. */
  readonly flushes?: () => Promise<number>
  stop(): Promise<void>
}

export const benchChannel = 'chat:bench'
export const benchSecret = 'the secret of one benchmark run, of 32 characters or more'

/** Where thousands of anonymous readers come from one address: by default that is too many commands at once for one. */
export const manyCommands = ['--limit', 'commands=100000', '--limit', 'commandsBurst=100000']

export interface DovetailOptions {
  readonly channel?: string
  /** How `openReader` reads. Default: WebSocket. */
  readonly transport?: BenchTransport
  readonly args?: readonly string[]
  /** A folder to go on with; default: a new one, removed at the stop. */
  readonly data?: string
}

/** How a message is posted to a Dovetail server that has `benchSecret`. */
export function dovetailPost(port: number, channel = benchChannel): PostOptions {
  return { port, path: `/v1/channels/${channel}/messages`, token: serviceToken(benchSecret) }
}

/** Dovetail as it is shipped, on SQLite with every commit flushed. */
export async function startDovetail(settings: BenchSettings, options: DovetailOptions = {}): Promise<Contender> {
  const { channel = benchChannel, transport = 'websocket', args = [] } = options
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'dovetail-bench-'))
  const server = await ServerProcess.start({
    nodeArgs: settings.nodeArgs,
    command: [settings.dovetail, 'serve', '--port', '0', '--data', data, '--log', 'warn', ...args],
    env: { DOVETAIL_SECRET: benchSecret },
    core: settings.serverCore,
  })
  return {
    name: transport === 'websocket' ? 'dovetail' : `dovetail by ${transport}`,
    server,
    path: '/v1/ws',
    post: dovetailPost(server.port, channel),
    greeting: [JSON.stringify({ id: 1, op: 'hello' }), JSON.stringify({ id: 2, op: 'subscribe', channel })],
    body: plainBody,
    status: 201,
    openReader: dovetailReaders(server.port, channel, transport),
    flushes: () => flushesOf(server.port, serviceToken(benchSecret)),
    stop: async () => {
      await server.stop()
      if (options.data === undefined) await rm(data, { recursive: true, force: true })
    },
  }
}

export async function startPlainWs(settings: BenchSettings): Promise<Contender> {
  return startPlain(settings, 'plain ws', 'plain-ws-server')
}

export async function startPlainFastify(settings: BenchSettings): Promise<Contender> {
  return startPlain(settings, 'plain fastify', 'plain-fastify-server')
}

/** Its readers speak Engine.IO 4 over a bare socket: `40` asks into the default namespace. */
const socketIoEntry = { path: '/socket.io/?EIO=4&transport=websocket', greeting: ['40'], begun: '40{' }

export async function startSocketIo(settings: BenchSettings): Promise<Contender> {
  return startPlain(settings, 'socket.io', 'socket-io-server', socketIoEntry)
}

export function socketIoDoor(port: number): Door {
  return plainDoor(port, socketIoEntry)
}

interface PlainEntry {
  readonly path: string
  readonly greeting: readonly string[]
  readonly begun?: string
}

const plainEntry: PlainEntry = { path: '/', greeting: [] }

function plainDoor(port: number, entry: PlainEntry): Door {
  return {
    post: { port, path: `/v1/channels/${benchChannel}/messages` },
    openReader: (onText) => openSocket({ port, ...entry, onText }),
  }
}

async function startPlain(
  settings: BenchSettings,
  name: string,
  file: string,
  entry: PlainEntry = plainEntry,
): Promise<Contender> {
  const server = await ServerProcess.start({ command: [besides(file)], core: settings.serverCore })
  return {
    name,
    server,
    path: entry.path,
    ...plainDoor(server.port, entry),
    greeting: entry.greeting,
    body: plainBody,
    status: 201,
    stop: () => server.stop(),
  }
}

export function plainBody(text: string): string {
  return `{"text":"${text}"}`
}
