/** Centrifugo with its memory engine, where its binary is on the path: one core, JSON over WebSocket, published to over HTTP. */
import { accessSync, constants, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { openSocket } from '../load/reader-crowd.ts'
import type { BenchSettings } from './bench-settings.ts'
import type { Contender } from './contender.ts'
import { ForeignProcess } from './foreign-process.ts'

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

export async function startCentrifugo(settings: BenchSettings, file: string): Promise<Contender> {
  const folder = mkdtempSync(join(tmpdir(), 'centrifugo-bench-'))
  const config = join(folder, 'config.json')
  writeFileSync(
    config,
    JSON.stringify({
      client: { insecure: true, allowed_origins: ['*'] },
      http_api: { key },
      log: { level: 'error' },
    }),
  )
  const server = await ForeignProcess.start({
    command: (port) => [
      file,
      '--config',
      config,
      '--http_server.address',
      '127.0.0.1',
      '--http_server.port',
      String(port),
    ],
    env: { GOMAXPROCS: '1' },
    core: settings.serverCore,
  })
  const greeting = [JSON.stringify({ id: 1, connect: {} }), JSON.stringify({ id: 2, subscribe: { channel } })]
  const path = '/connection/websocket'
  return {
    name: 'centrifugo',
    server,
    path,
    greeting,
    post: { port: server.port, path: '/api/publish', headers: { 'X-API-Key': key } },
    body: (text) => `{"channel":"${channel}","data":{"text":"${text}"}}`,
    status: 200,
    openReader: (onText) => openSocket({ port: server.port, path, greeting, begun: '"subscribe":', onText }),
    stop: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
