/** `main.js --dovetail FILE [PART…] [--json] …`: measures, and prints one table. `scripts/bench.mjs` starts it on a core of its own. */
import { cpus, platform, release } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { BenchSettings } from './bench-settings.ts'
import { clusterParts } from './cluster/cluster-costs.ts'
import { fanOut } from './fan-out.ts'
import { idleMemory } from './idle-memory.ts'
import { catchUp, pages } from './long-history.ts'
import { asJson, type Row, table, verdict } from './report.ts'
import { searchCost } from './search-cost.ts'
import { storm } from './storm.ts'
import { peers, transports } from './transports.ts'
import { writeCost } from './write-cost.ts'

type Part = (settings: BenchSettings, tell: (line: string) => void) => Promise<Row[]>

const parts: Readonly<Record<string, Part>> = {
  fanout: fanOut,
  writes: writeCost,
  memory: idleMemory,
  pages,
  search: searchCost,
  catchup: catchUp,
  storm,
  transports,
  peers,
  ...clusterParts,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dovetail: { type: 'string' },
    'server-core': { type: 'string' },
    'cluster-cores': { type: 'string' },
    seconds: { type: 'string', default: '10' },
    rates: { type: 'string', default: '100,300' },
    readers: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '3' },
    'node-arg': { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  },
})

/** They need PostgreSQL, Redis, nginx and Kafka, so they run where they are asked for: `cluster` is all of them. */
const onlyByName = Object.keys(clusterParts)

const asked = positionals.length === 0 ? Object.keys(parts).filter((name) => !onlyByName.includes(name)) : positionals
const chosen = asked.flatMap((name) => (name === 'cluster' ? onlyByName : [name]))
const unknown = chosen.filter((name) => !Object.hasOwn(parts, name))
if (unknown.length > 0)
  throw new Error(`no such part: ${unknown.join(', ')}. There are ${[...Object.keys(parts), 'cluster'].join(', ')}`)

const settings: BenchSettings = {
  dovetail: resolve(values.dovetail ?? ''),
  serverCore: values['server-core'] === undefined ? null : Number(values['server-core']),
  clusterCores: values['cluster-cores'] ?? null,
  seconds: Number(values.seconds),
  nodeArgs: values['node-arg'],
  fanOutRates: values.rates.split(',').map(Number),
  readers: Number(values.readers),
  rounds: Number(values.rounds),
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
process.stdout.write(`${values.json ? asJson(rows) : table(rows)}\n`)
// However slow the machine is, what was delivered has to be right.
process.exit(rows.some((row) => row.unit === 'deliveries' && verdict(row) === 'not met') ? 1 : 0)
