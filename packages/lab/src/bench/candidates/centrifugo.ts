/** Centrifugo, where its binary is on the path: one core, JSON over WebSocket, published to over HTTP; by default with its memory engine. */
import { accessSync, constants, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { openWebSocketReader } from '../../load/reader-crowd.ts'
import { ForeignProcess } from '../../processes/foreign-process.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'
import type { BenchCandidate } from './candidate.ts'
import type { LoadEndpoint } from './firehose-target.ts'

const key = 'the key of one benchmark run'
const channel = 'bench'

export function findCentrifugo(): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, 'centrifugo')
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      // Not in this folder.
    }
  }
  return null
}

export interface CentrifugoServer {
  readonly process: ForeignProcess
  readonly path: string
  readonly greeting: readonly string[]
  readonly endpoint: LoadEndpoint
  stop(): Promise<void>
}

export interface CentrifugoOptions {
  readonly file: string
  /** More of its configuration. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly core: number | null
}

export async function startCentrifugoServer({ file, config = {}, core }: CentrifugoOptions): Promise<CentrifugoServer> {
  const folder = mkdtempSync(join(tmpdir(), 'centrifugo-bench-'))
  const path = join(folder, 'config.json')
  const base = {
    // Its pings want an answer from the client, which readers here don't give: none in a run, as with Socket.IO.
    client: { insecure: true, allowed_origins: ['*'], ping_interval: '600s' },
    http_api: { key },
    log: { level: 'error' },
  }
  writeFileSync(path, JSON.stringify({ ...base, ...config }))
  const server = await ForeignProcess.start({
    command: (port) => {
      const address = ['--http_server.address', '127.0.0.1', '--http_server.port', String(port)]
      return [file, '--config', path, ...address]
    },
    env: { GOMAXPROCS: '1' },
    core,
  })
  const { port } = server
  return {
    process: server,
    path: entry,
    greeting,
    endpoint: {
      post: { port, path: '/api/publish', headers: { 'X-API-Key': key } },
      openReader: (onText) => openWebSocketReader({ port, path: entry, greeting, readyMark: '"subscribe":', onText }),
    },
    stop: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const entry = '/connection/websocket'
const greeting = [JSON.stringify({ id: 1, connect: {} }), JSON.stringify({ id: 2, subscribe: { channel } })]

export function centrifugoBody(text: string): string {
  return `{"channel":"${channel}","data":{"text":"${text}"}}`
}

export async function startCentrifugo(settings: BenchSettings, file: string): Promise<BenchCandidate> {
  const { process: server, endpoint, stop, ...rest } = await startCentrifugoServer({ file, core: settings.serverCore })
  return { name: 'centrifugo', server, ...rest, ...endpoint, body: centrifugoBody, status: 200, stop }
}
