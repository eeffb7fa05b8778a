/** `main.js --dovetail FILE [PART…] [--json] …`: measures, and prints one table. `scripts/bench.mjs` starts it on a core of its own. */
import { cpus, platform, release } from 'node:os'
import { attack } from './attack/attack.ts'
import { clusterParts } from './cluster/cluster-costs.ts'
import { growth } from './growth/growth.ts'
import { formatJson, type Row, table, verdict } from './report/report.ts'
import { fanOut } from './server/fan-out.ts'
import { idleMemory } from './server/idle-memory.ts'
import { catchUp, pages } from './server/long-history.ts'
import { metricsCost } from './server/metrics-cost.ts'
import { moving, movingPostgres } from './server/moving.ts'
import { peers } from './server/peers.ts'
import { purge } from './server/purge.ts'
import { reconnectStorm } from './server/reconnect-storm.ts'
import { searchCost } from './server/search-cost.ts'
import { slowPrices } from './server/slow-prices.ts'
import { transports } from './server/transports.ts'
import { writeCost } from './server/write-cost.ts'
import type { BenchSettings } from './settings/bench-settings.ts'
import { BenchUsage, helpText, type Parsed, parseBench } from './settings/parse-settings.ts'

type Measure = (settings: BenchSettings, report: (line: string) => void) => Promise<Row[]>

const parts: Readonly<Record<string, readonly [measure: Measure, about: string]>> = {
  fanout: [fanOut, 'what a delivery costs, to a plain ws server'],
  writes: [writeCost, 'what a flushed write costs, to a plain Fastify POST'],
  memory: [idleMemory, 'the memory of an idle connection'],
  pages: [pages, 'the first page of a long history'],
  search: [searchCost, 'a search in a long history'],
  catchup: [catchUp, 'a catch-up from the beginning of a long history'],
  storm: [reconnectStorm, 'all readers come back at once'],
  transports: [transports, 'what a delivery costs over each transport'],
  prices: [slowPrices, 'how old the prices are that a slow reader shows'],
  peers: [peers, 'other servers beside this one'],
  attack: [attack, 'what others notice of one attacker'],
  moving: [moving, 'how fast records move in'],
  purge: [purge, 'what others notice while a million old records are removed'],
  metrics: [metricsCost, 'what metrics and traces add to a delivery'],
  'moving-postgres': [movingPostgres, 'how fast records move in, with PostgreSQL'],
  growth: [growth, 'how cost grows with subscribers, channels and records; half an hour'],
  'cluster-nodes': [clusterParts['cluster-nodes'], 'one, two and three nodes'],
  'cluster-hot': [clusterParts['cluster-hot'], 'many writers to one channel'],
  'cluster-balancers': [clusterParts['cluster-balancers'], 'nginx in front of three nodes'],
  'cluster-notifications': [clusterParts['cluster-notifications'], 'what a notification costs, over each backbone'],
  'cluster-peers': [clusterParts['cluster-peers'], 'other servers that pass messages over Redis'],
}

/** They need PostgreSQL, Redis, nginx or Kafka, or many minutes, so they run where they are asked for. */
const onlyByName = [...Object.keys(clusterParts), 'metrics', 'moving-postgres', 'growth', 'purge']

/** @throws BenchUsage */
function chosenOf({ parts: named }: Parsed): string[] {
  const asked = named.length === 0 ? Object.keys(parts).filter((name) => !onlyByName.includes(name)) : named
  const chosen = asked.flatMap((name) => (name === 'cluster' ? Object.keys(clusterParts) : [name]))
  const unknown = chosen.filter((name) => !Object.hasOwn(parts, name))
  if (unknown.length === 0) return chosen
  throw new BenchUsage(
    `no such part: ${unknown.join(', ')}; there are ${[...Object.keys(parts), 'cluster'].join(', ')}`,
  )
}

async function run(parsed: Parsed, chosen: readonly string[]): Promise<number> {
  const settings = await parsed.settings()
  const [cpu] = cpus()
  process.stderr.write(`Node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}, ${platform()} ${release()}\n`)
  const rows: Row[] = []
  for (const name of chosen) {
    process.stderr.write(`· ${name}\n`)
    const [measure] = parts[name] ?? []
    rows.push(...((await measure?.(settings, (line) => process.stderr.write(`  ${line}\n`))) ?? []))
  }
  process.stdout.write(`${parsed.isJson ? formatJson(rows) : table(rows)}\n`)
  // However slow the machine is, what was delivered has to be right.
  return rows.some((row) => row.unit === 'deliveries' && verdict(row) === 'not met') ? 1 : 0
}

// The servers end with this process, whichever way it ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

try {
  const parsed = parseBench(process.argv.slice(2))
  if (parsed.isHelp) {
    const about = Object.fromEntries(Object.entries(parts).map(([name, [, text]]) => [name, text]))
    process.stdout.write(`${helpText(about, onlyByName)}\n`)
    process.exit(0)
  }
  process.exit(await run(parsed, chosenOf(parsed)))
} catch (error) {
  if (!(error instanceof BenchUsage)) throw error
  process.stderr.write(`bench: ${error.message}\n`)
  process.exit(2)
}
