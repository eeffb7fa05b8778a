import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoConfig, type Running, type ServerOptions, start } from 'dovetail-server'
import { afterAll, beforeAll } from 'vitest'
import { createRest, type Rest } from '../clients/rest.ts'
import { openSocket, type Socket, type SocketOptions } from '../clients/socket.ts'
import { type TokenOptions, testSecret, tokenFor } from './token-for.ts'

export const stores = ['memory', 'sqlite'] as const
export type StoreName = (typeof stores)[number]

export interface ServingOptions extends Partial<Omit<ServerOptions, 'store' | 'data' | 'port' | 'secret' | 'origins'>> {
  /** In place of a name: the URL of an empty PostgreSQL database. */
  readonly store?: StoreName | `postgres${string}`
  /** Default: any, since tests send names and origins of their own choice. `unsaid`: what `start` does by itself. */
  readonly origins?: ServerOptions['origins'] | 'unsaid'
}

/** A server in this process, as somebody outside sees it: a port, and tokens that it will take. */
export interface Server {
  readonly port: number
  readonly url: string
  /** REST as this user, with a token of this kind; without a user, as nobody. */
  rest(user?: string, options?: TokenOptions): Promise<Rest>
  /** A socket after its hello. */
  connect(user?: string, options?: TokenOptions): Promise<Socket>
  /** A socket before its hello. */
  open(options?: Partial<SocketOptions>): Promise<Socket>
  stop(): Promise<void>
}

/** Starts a server on a free port, with its own folder; `stop` ends what was opened on it too. */
export async function startServer({
  store = 'memory',
  origins = null,
  ...options
}: ServingOptions = {}): Promise<Server> {
  const data = await mkdtemp(join(tmpdir(), 'dovetail-test-'))
  const running: Running = await start({
    config: demoConfig,
    port: 0,
    data,
    store: storeIn(data, store),
    secret: testSecret,
    webRoot: null,
    log: 'fatal',
    drainSeconds: 0,
    ...(origins === 'unsaid' ? {} : { origins }),
    ...options,
  })
  const server = serverAt(running.port)
  return {
    ...server,
    stop: async () => {
      await server.stop()
      await running.stop()
      await rm(data, { recursive: true, force: true })
    },
  }
}

function storeIn(data: string, store: NonNullable<ServingOptions['store']>): string {
  if (store === 'memory') return 'memory:'
  return store === 'sqlite' ? `sqlite:${join(data, 'dovetail.db')}` : store
}

/** The same view of a server that runs elsewhere; its `stop` ends only what was opened here. */
export function serverAt(port: number): Server {
  const nobody = createRest({ port })
  const sockets: Socket[] = []
  const open: Server['open'] = async (options) => {
    const socket = await openSocket({ port, ...options })
    sockets.push(socket)
    return socket
  }
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    rest: async (user, options) => (user === undefined ? nobody : nobody.as(await tokenFor(user, options))),
    open,
    connect: async (user, options) => {
      const socket = await open()
      await socket.hello(user === undefined ? undefined : await tokenFor(user, options))
      return socket
    },
    stop: async () => {
      for (const socket of sockets) socket.terminate()
      nobody.close()
    },
  }
}

/** A server for all tests of a `describe` or a file: started before them, stopped after them. */
export function serving(options: ServingOptions = {}): Server {
  let started: Server | undefined
  const server = (): Server => {
    if (started === undefined) throw new Error('the server serves inside tests only')
    return started
  }
  beforeAll(async () => {
    started = await startServer(options)
  })
  afterAll(async () => {
    await started?.stop()
  })
  return {
    get port() {
      return server().port
    },
    get url() {
      return server().url
    },
    rest: (...args) => server().rest(...args),
    connect: (...args) => server().connect(...args),
    open: (...args) => server().open(...args),
    stop: () => server().stop(),
  }
}
