/** A compared server: how to start it, post to it and read from it. All servers get the same messages. */
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PostOptions } from '../../load/post-connection.ts'
import { openWebSocketReader } from '../../load/reader-crowd.ts'
import { readFlushCount } from '../../processes/flush-count.ts'
import { type MeasuredServer, ServerProcess, siblingScript } from '../../processes/server-process.ts'
import { serviceToken } from '../../processes/service-token.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'
import { type BenchTransport, dovetailReaders } from './dovetail-readers.ts'
import type { LoadEndpoint } from './firehose-target.ts'

export interface BenchCandidate extends LoadEndpoint {
  readonly name: string
  readonly server: MeasuredServer
  readonly path: string
  /** What a reader sends, once open, to receive the messages; `null`: nothing. */
  readonly greeting: readonly string[]
  /** The body of a post that publishes this text, and the status that answers it. */
  readonly body: (text: string) => string
  readonly status: number
  /** How many times the server has sent to readers since its start; absent: the server does not report it. */
  readonly flushes?: () => Promise<number>
  stop(): Promise<void>
}

export const benchChannel = 'chat:bench'
export const benchSecret = 'the secret of one benchmark run, of 32 characters or more'

export interface DovetailOptions {
  readonly channel?: string
  /** How `openReader` reads. Default: WebSocket. */
  readonly transport?: BenchTransport
  readonly args?: readonly string[]
  /** An existing data folder to use; default: a new one, removed when the server stops. */
  readonly data?: string
}

/** How a message is posted to a Dovetail server that has `benchSecret`. */
export function dovetailPost(port: number, channel = benchChannel): PostOptions {
  return { port, path: `/v1/channels/${channel}/messages`, token: serviceToken(benchSecret) }
}

/** Dovetail as it is shipped, on SQLite with every commit flushed. */
export async function startDovetail(settings: BenchSettings, options: DovetailOptions = {}): Promise<BenchCandidate> {
  const { channel = benchChannel, transport = 'websocket', args = [] } = options
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'dovetail-bench-'))
  const server = await ServerProcess.start({
    nodeArgs: settings.nodeArgs,
    runtime: settings.serverRuntime,
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
    flushes: () => readFlushCount(server.port, serviceToken(benchSecret)),
    stop: async () => {
      await server.stop()
      if (options.data === undefined) await rm(data, { recursive: true, force: true })
    },
  }
}

export async function startPlainWs(settings: BenchSettings): Promise<BenchCandidate> {
  return startPlain(settings, 'plain ws', 'plain-ws-server')
}

export async function startPlainFastify(settings: BenchSettings): Promise<BenchCandidate> {
  return startPlain(settings, 'plain fastify', 'plain-fastify-server')
}

/** Its readers speak Engine.IO 4 over a bare socket: the message `40` joins the default namespace. */
const socketIoEntry = { path: '/socket.io/?EIO=4&transport=websocket', greeting: ['40'], begun: '40{' }

export async function startSocketIo(settings: BenchSettings): Promise<BenchCandidate> {
  return startPlain(settings, 'socket.io', 'socket-io-server', socketIoEntry)
}

export function socketIoEndpoint(port: number): LoadEndpoint {
  return plainEndpoint(port, socketIoEntry)
}

interface PlainEntry {
  readonly path: string
  readonly greeting: readonly string[]
  readonly readyMark?: string
}

const plainEntry: PlainEntry = { path: '/', greeting: [] }

export function plainEndpoint(port: number, entry: PlainEntry = plainEntry): LoadEndpoint {
  return {
    post: { port, path: `/v1/channels/${benchChannel}/messages` },
    openReader: (onText) => openWebSocketReader({ port, ...entry, onText }),
  }
}

async function startPlain(
  settings: BenchSettings,
  name: string,
  file: string,
  entry: PlainEntry = plainEntry,
): Promise<BenchCandidate> {
  const server = await ServerProcess.start({
    command: [siblingScript(import.meta.url, file)],
    runtime: settings.serverRuntime,
    core: settings.serverCore,
  })
  return {
    name,
    server,
    path: entry.path,
    ...plainEndpoint(server.port, entry),
    greeting: entry.greeting,
    body: plainBody,
    status: 201,
    stop: () => server.stop(),
  }
}

export function plainBody(text: string): string {
  return `{"text":"${text}"}`
}
