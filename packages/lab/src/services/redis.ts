/** A Redis of our own: a free port, a temporary folder, nothing kept unless asked for. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { ServiceProcess } from './service-process.ts'

export interface RedisService {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>
  /** Starts it again where it was; one that kept nothing comes back empty. */
  restart(): Promise<void>
  /** It neither answers nor ends, until `resume`. */
  pause(): void
  resume(): void
  /** Ends it and removes its folder. */
  stop(): Promise<void>
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
  let running = await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return running.pid
    },
    kill: () => running.stop('SIGKILL'),
    restart: async () => {
      await running.stop('SIGKILL')
      running = await start()
    },
    pause: () => running.signal('SIGSTOP'),
    resume: () => running.signal('SIGCONT'),
    stop: async () => {
      await running.stop('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
