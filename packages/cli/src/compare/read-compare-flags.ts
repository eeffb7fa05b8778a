import { readFile } from 'node:fs/promises'
import type { CompareOptions, Contender, Workload } from '@dovetail/lab/compare'
import { checkedUrl } from '../commands/server-options.ts'
import { readDuration } from '../options/duration.ts'
import { readNumber } from '../options/read-number.ts'
import type { Environment } from '../options/sources.ts'
import { UsageFailure } from '../usage-failure.ts'
import type { CompareFlags } from './compare-flags.ts'
import { readOutsides } from './read-outsides.ts'
import { readPrices } from './read-prices.ts'

type Lab = typeof import('@dovetail/lab/compare')
type Read = Omit<CompareOptions, 'command' | 'dovetail' | 'tell' | 'token'>

/** So that seven contenders, one of which asks every five seconds, are through in less than a minute. */
const quick = { clients: 25, durationMs: 2000, idleMs: 500, warmUpMs: 400, rounds: 1, memoryConnections: 150 }
const quickIdleMs = 4000
const thorough = { idleMs: 2000, warmUpMs: 2000, rounds: 3, memoryConnections: 400 }
const mostClients = 20_000
const mostRounds = 100

/** @throws UsageFailure */
export async function readCompareFlags(flags: CompareFlags, environment: Environment, lab: Lab): Promise<Read> {
  const isQuick = flags.quick === true
  const workload = await workloadOf(flags.workload, lab)
  const url = flags.url ?? environment.DOVETAIL_URL
  // What a file says of its own workload is meant.
  const isOwn = !lab.usualWorkloads.includes(workload)
  const given = isOwn ? workload.usual : {}
  const usual = { ...workload.usual, ...(isQuick ? quick : thorough), ...given }
  // Idling has to last for a while before it says anything; seven times this is still less than a minute.
  const usualMs = isQuick && workload.rarely !== null ? quickIdleMs : usual.durationMs
  return {
    ...(url === undefined ? {} : { url: checkedUrl(url) }),
    workload,
    contenders: contendersOf(flags, lab),
    outsides: readOutsides(flags, lab),
    clients: number('--clients', flags.clients, 1, mostClients) ?? usual.clients,
    durationMs: flags.duration === undefined ? usualMs : readDuration(flags.duration),
    idleMs: usual.idleMs,
    warmUpMs: usual.warmUpMs,
    rounds: number('--repeat', flags.repeat, 1, mostRounds) ?? usual.rounds,
    seed: readNumber('--seed', flags.seed, 0, 1e9),
    withinMs: readDuration(flags.within),
    prices: readPrices(flags.price, lab.usualPrices),
    memoryConnections: usual.memoryConnections,
  }
}

function number(flag: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined
  const value = readNumber(flag, text, least, most)
  if (Number.isInteger(value)) return value
  throw new UsageFailure(`${flag}: "${text}" is no whole number`)
}

async function workloadOf(text: string, { usualWorkloads, readWorkload, CompareFailure }: Lab): Promise<Workload> {
  const usual = usualWorkloads.find(({ name }) => name === text)
  if (usual !== undefined) return usual
  const json = await readFile(text, 'utf8').catch(() => null)
  const names = usualWorkloads.map(({ name }) => name).join(', ')
  if (json === null) throw new UsageFailure(`--workload: "${text}" is none of ${names}, nor a file`)
  try {
    return readWorkload(json, text)
  } catch (error) {
    throw error instanceof CompareFailure ? new UsageFailure(error.message, { cause: error }) : error
  }
}

function contendersOf({ contender = [], only = [] }: CompareFlags, lab: Lab): Contender[] {
  const read = (flag: string, text: string): Contender => {
    const found = lab.readContender(text)
    if (found !== null) return found
    const names = lab.usualContenders.map(({ name }) => name).join(', ')
    throw new UsageFailure(`${flag}: "${text}" is none of ${names}, nor an interval such as poll:250ms`)
  }
  const chosen = only.length === 0 ? lab.usualContenders : only.map((text) => read('--only', text))
  const all = [...chosen, ...contender.map((text) => read('--contender', text))]
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index)
}
