/** Parses the command line of the benchmarks. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { npmProgram } from '../../processes/npm-program.ts'
import type { BenchSettings } from './bench-settings.ts'

/** A wrong option or part: one line, and the exit code 2. */
export class BenchUsage extends Error {}

/** Each option with what it means; `null`: `scripts/bench.mjs` sets it. */
const described = {
  seconds: ['N', 'how long each load lasts, its warm-up not counted (default: 10)'],
  rounds: ['N', 'how often each server is measured; the median counts (default: 3)'],
  rates: ['N,…', 'messages a second (default: 100,300; of peers 20,100,300,600,1500)'],
  readers: ['N', 'readers of the channel (default: 500)'],
  beside: ['NAME,…', 'of peers: the servers to compare with (default: all)'],
  before: ['FILE', 'of metrics: the dovetail command of another build, to compare with'],
  over: ['WHAT,…', 'of growth: subscribers, channels, records; of attack: its kinds (default: all)'],
  records: ['N,…', 'of growth: the sizes of a channel (default: 10000,100000,1000000,10000000)'],
  purged: ['N', 'of purge: how many records it deletes (default: 1000000)'],
  picture: ['FILE', 'of growth: where it draws its picture'],
  'server-node': ['VERSION', 'the Node that runs the servers, such as 24, from npm'],
  'node-arg': ['ARG', 'an argument of node for the server, as --node-arg=--cpu-prof; may be repeated'],
  json: [null, 'the rows as JSON'],
  help: [null, 'this text'],
} as const satisfies Readonly<Record<string, readonly [value: string | null, about: string]>>

const ofScript = ['dovetail', 'server-core', 'cluster-cores'] as const

export interface Parsed {
  /** The parts that were asked for; empty: all that run by themselves. */
  readonly parts: readonly string[]
  readonly isJson: boolean
  readonly isHelp: boolean
  readonly settings: () => Promise<BenchSettings>
}

/** @throws BenchUsage */
export function parseBench(args: readonly string[]): Parsed {
  const { values, positionals } = readArgs(args)
  const one = (name: string): string | undefined => {
    const value = values[name]
    return typeof value === 'string' ? value : undefined
  }
  const number = (name: string, byDefault: number) => numbersOf(name, one(name) ?? String(byDefault))[0] ?? byDefault
  const numbers = (name: string, byDefault: string) => numbersOf(name, one(name) ?? byDefault)
  const chosen = {
    dovetail: resolve(one('dovetail') ?? ''),
    serverCore: one('server-core') === undefined ? null : Number(one('server-core')),
    clusterCores: one('cluster-cores') ?? null,
    seconds: number('seconds', 10),
    nodeArgs: (values['node-arg'] as string[] | undefined) ?? [],
    fanOutRates: numbers('rates', '100,300'),
    peerRates: numbers('rates', '20,100,300,600,1500'),
    readers: number('readers', 500),
    beside: one('beside')?.split(',') ?? null,
    before: one('before') === undefined ? null : resolve(one('before') ?? ''),
    rounds: number('rounds', 3),
    over: one('over')?.split(',') ?? null,
    recordSizes: numbers('records', '10000,100000,1000000,10000000'),
    purgedRecords: number('purged', 1_000_000),
    picture: one('picture') ?? null,
  }
  const node = one('server-node')
  return {
    parts: positionals,
    isJson: values.json === true,
    isHelp: values.help === true,
    settings: async () => ({ ...chosen, serverRuntime: node === undefined ? null : await nodeOfVersion(node) }),
  }
}

interface Read {
  readonly values: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>
  readonly positionals: readonly string[]
}

function readArgs(args: readonly string[]): Read {
  const options = Object.fromEntries([
    ...Object.entries(described).map(([name, [value]]) => [
      name,
      { type: value === null ? ('boolean' as const) : ('string' as const), multiple: name === 'node-arg' },
    ]),
    ...ofScript.map((name) => [name, { type: 'string' as const }]),
  ])
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options }) as Read
  } catch (error) {
    // The first sentence says what is wrong; the others say how Node would take it for something else.
    throw new BenchUsage(`${(error as Error).message.split('. ')[0]}; --help says what there is`)
  }
}

function numbersOf(name: string, text: string): number[] {
  return text.split(',').map((each) => {
    const number = Number(each)
    if (each.trim() !== '' && Number.isFinite(number) && number > 0) return number
    throw new BenchUsage(`--${name}: "${each}" is no number above 0`)
  })
}

/** `--server-node 24`: the newest Node of that version that npm has. */
function nodeOfVersion(version: string): Promise<string> {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  return npmProgram({ packages: [`${name}@${version}`], file: `${name}/bin/node` })
}

/** `parts`: each with what it measures; `onlyByName`: those that run where they are asked for. */
export function helpText(parts: Readonly<Record<string, string>>, onlyByName: readonly string[]): string {
  const width = Math.max(
    ...Object.keys(parts).map((name) => name.length),
    ...Object.keys(described).map((name) => name.length + 12),
  )
  const line = (name: string, about: string) => `  ${name.padEnd(width)}  ${about}`
  const byThemselves = Object.entries(parts).filter(([name]) => !onlyByName.includes(name))
  return [
    'npm run bench -- [PART…] [OPTIONS]',
    '',
    'Parts that run where none is named:',
    ...byThemselves.map(([name, about]) => line(name, about)),
    '',
    'Parts that run where they are named, since they need more than Node or long:',
    ...onlyByName.map((name) => line(name, parts[name] ?? '')),
    line('cluster', 'all parts of several nodes'),
    line('compare-runs', 'makes the runs and figures of docs/compare.md anew'),
    '',
    'Options:',
    ...Object.entries(described).map(([name, [value, about]]) =>
      line(`--${name}${value === null ? '' : ` ${value}`}`, about),
    ),
  ].join('\n')
}
