import { randomBytes } from 'node:crypto'
import { Command, Option } from 'commander'
import type { Cluster, ClusterBackbone } from 'dovetail-lab/cluster'
import { CommandFailure } from '../failures/command-failure.ts'
import { parseInteger } from '../options/parse-number.ts'
import { stopOnSignal } from '../terminal/stop-on-signal.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { dovetailEntry } from './dovetail-entry.ts'

interface Flags {
  readonly nodes: string
  readonly port: string
  readonly backbone?: ClusterBackbone
  readonly kafka?: true
}

const backbones = ['redis', 'postgres', 'kafka'] as const satisfies readonly ClusterBackbone[]

/** Time limit for the stop: nodes drain within 10 s, and their services end after them. */
const stopMs = 30_000

/** `dovetail cluster`: starts a deployment of several nodes on this machine, to try out and to break. */
export function clusterCommand(terminal: Terminal): Command {
  const command = new Command('cluster')
    .description('run PostgreSQL, Redis, some nodes and nginx in temporary folders, behind one address')
    .option('--nodes <number>', 'how many', '3')
    .option('--port <port>', 'of nginx; 0: any free one', '4600')
    .addOption(new Option('--backbone <kind>', 'what notifies the nodes (default: redis)').choices([...backbones]))
    .option('--kafka', 'the same as --backbone kafka')
  return command.action(async () => {
    const { nodes, port, kafka, backbone = kafka === true ? 'kafka' : 'redis' } = command.opts<Flags>()
    const number = parseInteger('--port', port, 0, 65_535)
    const { startCluster } = await import('dovetail-lab/cluster')
    const secret = terminal.environment.DOVETAIL_SECRET ?? randomBytes(32).toString('base64url')
    const leaving = new AbortController()
    const starting = startCluster({
      dovetail: [process.execPath, ...process.execArgv, dovetailEntry()],
      nodes: parseInteger('--nodes', nodes, 1, 16),
      backbone,
      secret,
      ...(number === 0 ? {} : { port: number }),
      signal: leaving.signal,
      onProgress: (line) => terminal.stderr(`${line}\n`),
      log: (node, line) => terminal.stderr(`node ${node + 1}: ${line}\n`),
    })
    // Listens for signals from the first started part on, so that an interrupted start stops what it has started.
    const stopped = stopOnSignal({
      signals: terminal.signals,
      stop: async () => {
        leaving.abort()
        const cluster = await starting.catch(() => null)
        await cluster?.stop()
      },
      withinMs: stopMs,
      exit: terminal.exit,
    })
    const cluster = await starting.catch((error: Error) => {
      if (leaving.signal.aborted) return null
      throw new CommandFailure(`cluster: ${error.message}`, { cause: error })
    })
    if (cluster !== null && !leaving.signal.aborted) {
      terminal.stderr(addressesOf(cluster))
      if (terminal.environment.DOVETAIL_SECRET === undefined)
        terminal.stderr(`for tokens and the price feed: export DOVETAIL_SECRET=${secret}\n`)
      terminal.stdout(`dovetail cluster ready at ${cluster.url}\n`)
    }
    await stopped
  })
}

function addressesOf({ nodes, postgres, redis }: Cluster): string {
  const list = nodes.map((node) => `${node.url} (pid ${node.pid})`).join(', ')
  return `nodes: ${list}\nPostgreSQL: ${postgres.url}\nRedis: ${redis?.url ?? 'none'}\n`
}
