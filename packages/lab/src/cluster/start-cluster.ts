/** Starts a deployment to try out: PostgreSQL, Redis, Kafka where it is the backbone, some nodes and nginx in front, all in temporary folders. */
import { type KafkaOptions, type KafkaService, startKafka } from '../services/kafka.ts'
import { startNginx } from '../services/nginx.ts'
import { type Postgres, type PostgresOptions, startPostgres } from '../services/postgres.ts'
import { type RedisService, startRedis } from '../services/redis.ts'
import { NodeProcess } from './node-process.ts'

export interface ClusterOptions {
  /** A program and its first arguments that run `dovetail`. */
  readonly dovetail: readonly string[]
  readonly nodes: number
  readonly backbone: ClusterBackbone
  /** `none`: there is no Redis, so that no namespace may have its channels in memory. Default: `redis`. */
  readonly memory?: 'redis' | 'none'
  /** The port of the address that all nodes share; default: any free port. */
  readonly port?: number
  /** The secret that signs tokens: 32 characters or more. */
  readonly secret: string
  /** More options of `dovetail serve`. */
  readonly args?: readonly string[]
  readonly postgres?: PostgresOptions
  readonly kafka?: KafkaOptions
  /** The address at which a node finds a service; tests put a proxy in between. Default: the service's own. */
  readonly resolveUrl?: (node: number, service: ServiceName, url: string) => string | Promise<string>
  /** Aborts the start: what was started is ended, and nothing is left behind. */
  readonly signal?: AbortSignal
  readonly onProgress?: (line: string) => void
  /** Called with each line that a node logs. */
  readonly log?: (node: number, line: string) => void
}

export type ClusterBackbone = 'postgres' | 'redis' | 'kafka'

/** The services that nodes need, by the option of `dovetail serve` that names each. */
export type ServiceName = 'store' | 'memory' | 'backbone'

export interface Cluster {
  /** The URL of the address that all nodes share. */
  readonly url: string
  readonly nodes: readonly NodeProcess[]
  readonly postgres: Postgres
  /** `null` if there is none. */
  readonly redis: RedisService | null
  /** `null` if Kafka is not the backbone. */
  readonly kafka: KafkaService | null
  /** Ends one node and starts another on its port: SIGTERM drains it, SIGKILL does not. */
  replace(node: number, signal: NodeJS.Signals): Promise<void>
  /** Ends all processes and removes all files. */
  stop(): Promise<void>
}

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const step = stepsOf(options)
  const started: { stop(): Promise<unknown> }[] = []
  const keep = <Part extends { stop(): Promise<unknown> }>(part: Part): Part => {
    started.push(part)
    return part
  }
  const stop = async (): Promise<void> => {
    // In the reverse order: nobody loses what it stands on. Nodes leave together, each takes its time to drain.
    await Promise.all(nodes.map((node) => node.stop()))
    for (const part of started.splice(0).reverse()) await part.stop()
  }
  const nodes: NodeProcess[] = []
  try {
    const hasRedis = options.memory !== 'none' || options.backbone === 'redis'
    step(hasRedis ? 'starting PostgreSQL and Redis' : 'starting PostgreSQL')
    const postgres = keep(await startPostgres(options.postgres))
    const redis = hasRedis ? keep(await startRedis()) : null
    if (options.backbone === 'kafka') step('starting Kafka')
    const kafka = options.backbone === 'kafka' ? keep(await startKafka(options.kafka)) : null
    const addresses = addressesOf(options, postgres, redis, kafka)
    const startNode = async (index: number, port: number): Promise<NodeProcess> =>
      NodeProcess.start(nodeOptions(options, await reached(options, index, addresses), index, port))
    step(`starting ${options.nodes} nodes`)
    await startAll(nodes, options.nodes, (index) => startNode(index, 0))
    const ports = nodes.map((node) => node.port)
    const { port } = options
    const nginx = keep(await startNginx({ ports, ...(port === undefined ? {} : { port }) }))
    options.signal?.throwIfAborted()
    return {
      url: `http://127.0.0.1:${nginx.port}`,
      nodes,
      postgres,
      redis,
      kafka,
      replace: async (index, signal) => {
        const node = nodes[index]
        if (node === undefined) throw new Error(`there is no node ${index}`)
        await node.stop(signal)
        nodes[index] = await startNode(index, node.port)
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Reports each step; throws instead of beginning one once the signal is aborted. */
function stepsOf({ signal, onProgress: report = () => {} }: ClusterOptions): (line: string) => void {
  return (line) => {
    signal?.throwIfAborted()
    report(line)
  }
}

/** Where one node does not start, the others are in `nodes` all the same. */
async function startAll(
  nodes: NodeProcess[],
  count: number,
  startNode: (index: number) => Promise<NodeProcess>,
): Promise<void> {
  const starts = await Promise.allSettled(Array.from({ length: count }, (_none, index) => startNode(index)))
  for (const start of starts) if (start.status === 'fulfilled') nodes.push(start.value)
  for (const start of starts) if (start.status === 'rejected') throw start.reason
}

function addressesOf(
  { backbone }: ClusterOptions,
  postgres: Postgres,
  redis: RedisService | null,
  kafka: KafkaService | null,
): ServiceUrls {
  const memory = redis?.url ?? 'memory:'
  return { store: postgres.url, memory, backbone: kafka?.url ?? (backbone === 'postgres' ? postgres.url : memory) }
}

type ServiceUrls = Readonly<Record<ServiceName, string>>

async function reached(
  { resolveUrl: reach = (_node, _service, url) => url }: ClusterOptions,
  node: number,
  addresses: ServiceUrls,
) {
  const [store, memory, backbone] = await Promise.all([
    reach(node, 'store', addresses.store),
    addresses.memory === 'memory:' ? addresses.memory : reach(node, 'memory', addresses.memory),
    reach(node, 'backbone', addresses.backbone),
  ])
  return { store, memory, backbone }
}

function nodeOptions(
  { dovetail, args = [], secret, log }: ClusterOptions,
  { store, memory, backbone }: ServiceUrls,
  index: number,
  port: number,
): Parameters<typeof NodeProcess.start>[0] {
  return {
    dovetail,
    args: [
      ...['--port', String(port), '--host', '127.0.0.1', '--trust-proxy'],
      ...['--store', store, '--memory', memory, '--backbone', backbone, ...args],
    ],
    env: { DOVETAIL_SECRET: secret },
    log: (line) => log?.(index, line),
  }
}
