/** `main.js --dovetail FILE [PART…] [--json] …`: measures, and prints one table. `scripts/bench.mjs` starts it on a core of its own. */
import { cpus, platform, release } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { npmProgram } from '../processes/npm-program.ts'
import { attack } from './attack/attack.ts'
import { clusterParts } from './cluster/cluster-costs.ts'
import { growth } from './growth/growth.ts'
import { formatJson, type Row, table, verdict } from './report/report.ts'
import { fanOut } from './server/fan-out.ts'
import { idleMemory } from './server/idle-memory.ts'
import { catchUp, pages } from './server/long-history.ts'
import { moving, movingPostgres } from './server/moving.ts'
import { peers } from './server/peers.ts'
import { purge } from './server/purge.ts'
import { reconnectStorm } from './server/reconnect-storm.ts'
import { searchCost } from './server/search-cost.ts'
import { slowPrices } from './server/slow-prices.ts'
import { transports } from './server/transports.ts'
import { writeCost } from './server/write-cost.ts'
import type { BenchSettings } from './settings/bench-settings.ts'

type Part = (settings: BenchSettings, report: (line: string) => void) => Promise<Row[]>

const parts: Readonly<Record<string, Part>> = {
  fanout: fanOut,
  writes: writeCost,
  memory: idleMemory,
  pages,
  search: searchCost,
  catchup: catchUp,
  storm: reconnectStorm,
  transports,
  prices: slowPrices,
  peers,
  attack,
  moving,
  'moving-postgres': movingPostgres,
  growth,
  purge,
  ...clusterParts,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dovetail: { type: 'string' },
    'server-core': { type: 'string' },
    'cluster-cores': { type: 'string' },
    seconds: { type: 'string', default: '10' },
    rates: { type: 'string' },
    'server-node': { type: 'string' },
    readers: { type: 'string', default: '500' },
    beside: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    over: { type: 'string' },
    records: { type: 'string', default: '10000,100000,1000000,10000000' },
    purged: { type: 'string', default: '1000000' },
    picture: { type: 'string' },
    'node-arg': { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  },
})

/** They need PostgreSQL, Redis, nginx or Kafka, or many minutes, so they run where they are asked for. */
const onlyByName = [...Object.keys(clusterParts), 'moving-postgres', 'growth', 'purge']

const asked = positionals.length === 0 ? Object.keys(parts).filter((name) => !onlyByName.includes(name)) : positionals
const chosen = asked.flatMap((name) => (name === 'cluster' ? Object.keys(clusterParts) : [name]))
const unknown = chosen.filter((name) => !Object.hasOwn(parts, name))
if (unknown.length > 0)
  throw new Error(`no such part: ${unknown.join(', ')}. There are ${[...Object.keys(parts), 'cluster'].join(', ')}`)

const settings: BenchSettings = {
  dovetail: resolve(values.dovetail ?? ''),
  serverCore: values['server-core'] === undefined ? null : Number(values['server-core']),
  clusterCores: values['cluster-cores'] ?? null,
  seconds: Number(values.seconds),
  nodeArgs: values['node-arg'],
  fanOutRates: numbers(values.rates ?? '100,300'),
  peerRates: numbers(values.rates ?? '20,100,300,600,1500'),
  serverRuntime: values['server-node'] === undefined ? null : await nodeOfVersion(values['server-node']),
  readers: Number(values.readers),
  beside: values.beside?.split(',') ?? null,
  rounds: Number(values.rounds),
  over: values.over?.split(',') ?? null,
  recordSizes: numbers(values.records),
  purgedRecords: Number(values.purged),
  picture: values.picture ?? null,
}

function numbers(text: string): number[] {
  return text.split(',').map(Number)
}

/** `--server-node 24`: the newest Node of that version that npm has. */
function nodeOfVersion(version: string): Promise<string> {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  return npmProgram({ packages: [`${name}@${version}`], file: `${name}/bin/node` })
}

// The servers end with this process, whichever way it ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const [cpu] = cpus()
process.stderr.write(`Node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}, ${platform()} ${release()}\n`)
const rows: Row[] = []
for (const name of chosen) {
  process.stderr.write(`· ${name}\n`)
  rows.push(...((await parts[name]?.(settings, (line) => process.stderr.write(`  ${line}\n`))) ?? []))
}
process.stdout.write(`${values.json ? formatJson(rows) : table(rows)}\n`)
// However slow the machine is, what was delivered has to be right.
process.exit(rows.some((row) => row.unit === 'deliveries' && verdict(row) === 'not met') ? 1 : 0)
