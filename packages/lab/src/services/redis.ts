/** A Redis of our own: a free port, a temporary folder, nothing kept unless asked for. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { controlService, type ServiceControl } from './breakable.ts'
import { freePort } from './free-port.ts'
import { ServiceProcess } from './service-process.ts'

export interface RedisService extends ServiceControl {
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
  // Read from this object each time: a restart changes the pid.
  return Object.assign(await controlService(folder, start), { url: `redis://127.0.0.1:${port}`, port })
}
