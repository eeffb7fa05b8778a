/** A Redis of our own: a free port, a temporary folder, nothing kept unless asked for. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Breakable, breakable } from './breakable.ts'
import { freePort } from './free-port.ts'
import { ServiceProcess } from './service-process.ts'

export interface RedisService extends Breakable {
  readonly url: string
  readonly port: number
}

export interface RedisOptions {
  /** Settings as on the command line, such as `--maxmemory-policy allkeys-lru`. */
  readonly args?: readonly string[]
}

export async function startRedis({ args = [] }: RedisOptions = {}): Promise<RedisService> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-redis-'))
  const port = await freePort()
  const start = () =>
    ServiceProcess.start({
      name: 'redis-server',
      command: 'redis-server',
      args: ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...args],
      port,
      hello: { send: 'PING\r\n', answer: '+PONG' },
    })
  // Its pid is another one after a restart: the object itself is what tells it.
  return Object.assign(await breakable(folder, start), { url: `redis://127.0.0.1:${port}`, port })
}
