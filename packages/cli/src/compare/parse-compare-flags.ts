import { readFile } from 'node:fs/promises'
import type { Candidate, CompareOptions, Workload } from 'dovetail-lab/compare'
import { UsageFailure } from '../failures/usage-failure.ts'
import { parseDuration } from '../options/parse-duration.ts'
import { parseNumber } from '../options/parse-number.ts'
import { parseUrl } from '../options/server-options.ts'
import type { Environment } from '../options/sources.ts'
import type { CompareFlags } from './compare-flags.ts'
import { parseExternalSources } from './parse-external-sources.ts'
import { parsePrices } from './parse-prices.ts'

type Lab = typeof import('dovetail-lab/compare')
type Read = Omit<CompareOptions, 'command' | 'dovetail' | 'onProgress' | 'token'>

/** The settings of `--quick`: seven candidates, one of which polls every five seconds, take less than a minute. */
const quick = { clients: 25, durationMs: 2000, idleMs: 500, warmUpMs: 400, rounds: 1, memoryConnections: 150 }
const quickIdleMs = 4000
const thorough = { idleMs: 2000, warmUpMs: 2000, rounds: 3, memoryConnections: 400 }
const mostClients = 20_000
const mostRounds = 100

/** @throws UsageFailure */
export async function parseCompareFlags(flags: CompareFlags, environment: Environment, lab: Lab): Promise<Read> {
  const isQuick = flags.quick === true
  const workload = await workloadOf(flags.workload, lab)
  const url = flags.url ?? environment.DOVETAIL_URL
  // The settings in a workload file are intended, so `--quick` does not replace them.
  const isOwn = !lab.standardWorkloads.includes(workload)
  const given = isOwn ? workload.defaults : {}
  const usual = { ...workload.defaults, ...(isQuick ? quick : thorough), ...given }
  // A measurement of idle cost needs some seconds; for seven candidates it is still less than a minute.
  const usualMs = isQuick && workload.rareEvents !== null ? quickIdleMs : usual.durationMs
  return {
    ...(url === undefined ? {} : { url: parseUrl(url) }),
    workload,
    candidates: candidatesOf(flags, lab),
    externalSources: parseExternalSources(flags, lab),
    clients: number('--clients', flags.clients, 1, mostClients) ?? usual.clients,
    durationMs: flags.duration === undefined ? usualMs : parseDuration(flags.duration),
    idleMs: usual.idleMs,
    warmUpMs: usual.warmUpMs,
    rounds: number('--repeat', flags.repeat, 1, mostRounds) ?? usual.rounds,
    seed: parseNumber('--seed', flags.seed, 0, 1e9),
    withinMs: parseDuration(flags.within),
    prices: parsePrices(flags.price, lab.defaultPrices),
    memoryConnections: number('--idle-clients', flags.idleClients, 1, mostClients) ?? usual.memoryConnections,
  }
}

function number(flag: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined
  const value = parseNumber(flag, text, least, most)
  if (Number.isInteger(value)) return value
  throw new UsageFailure(`${flag}: "${text}" is no whole number`)
}

async function workloadOf(text: string, { standardWorkloads, parseWorkload, CompareFailure }: Lab): Promise<Workload> {
  const usual = standardWorkloads.find(({ name }) => name === text)
  if (usual !== undefined) return usual
  const json = await readFile(text, 'utf8').catch(() => null)
  const names = standardWorkloads.map(({ name }) => name).join(', ')
  if (json === null) throw new UsageFailure(`--workload: "${text}" is none of ${names}, nor a file`)
  try {
    return parseWorkload(json, text)
  } catch (error) {
    throw error instanceof CompareFailure ? new UsageFailure(error.message, { cause: error }) : error
  }
}

function candidatesOf({ contender = [], only = [], front = [] }: CompareFlags, lab: Lab): Candidate[] {
  const read = (flag: string, text: string): Candidate => {
    const found = lab.findCandidate(text)
    if (found !== null) return found
    const names = lab.standardCandidates.map(({ name }) => name).join(', ')
    throw new UsageFailure(`${flag}: "${text}" is none of ${names}, nor an interval such as poll:250ms`)
  }
  const chosen = only.length === 0 ? lab.standardCandidates : only.map((text) => read('--only', text))
  const all = [...chosen, ...contender.map((text) => read('--contender', text))]
  const fronts = front.map((text) => {
    const found = lab.findFront(text)
    if (found !== null) return found
    throw new UsageFailure(`--front: "${text}" is none of ${lab.frontNames.join(', ')}`)
  })
  const fronted = fronts.flatMap((each) => lab.behindFront(all, each))
  return [...all, ...fronted].filter(
    ({ name }, index, every) => every.findIndex((other) => other.name === name) === index,
  )
}
