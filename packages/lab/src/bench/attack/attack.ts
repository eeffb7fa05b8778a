/**
 * Measures what others notice of one attacker: 200 users chat while one attacker of each kind after the other does what
 * it can, by a process of its own. Compared is with the time before; on a machine with other work, only ratios mean
 * something.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import { siblingScript } from '../../processes/server-process.ts'
import { type BenchCandidate, benchSecret, startDovetail } from '../candidates/candidate.ts'
import { fillChannel } from '../drivers/fill-channel.ts'
import type { Row } from '../report/report.ts'
import { valueAt } from '../report/value-at.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'
import { type Answers, attacks, type Target } from './attacks.ts'
import { ChattingUsers } from './chatting-users.ts'

const longChannel = 'chat:long'
const records = 50_000
const chat = { channel: 'chat:talk', users: 200, messagesPerSecond: 10 }
/** The most that is allowed: message delay and memory under attack, over those before it. */
const allowedDelay = 3
const allowedMemory = 1.5
const recoveryMs = 1000

export async function attack(settings: BenchSettings, report: (line: string) => void): Promise<Row[]> {
  const candidate = await startDovetail(settings)
  try {
    await fillChannel(candidate, longChannel, records, (index) => `message number ${index} of a long history`)
    const users = await ChattingUsers.join({ ...chat, port: candidate.server.port, secret: benchSecret })
    const rows: Row[] = []
    for (const kind of settings.over ?? Object.keys(attacks)) {
      const made = await underAttack(candidate, users, kind, settings.seconds)
      rows.push(...made)
      for (const { title, value, unit, detail } of made) report(`${title}: ${value.toFixed(2)} ${unit}; ${detail}`)
    }
    users.leave()
    return rows
  } finally {
    await candidate.stop()
  }
}

interface Phase {
  readonly p99: number
  readonly rss: number
  /** What the server's processor took, in ms of each second: on a machine with other work it says more than the delay. */
  readonly cpu: number
}

/** What the users notice in this time. Memory: the most that was seen. */
async function watch(candidate: BenchCandidate, users: ChattingUsers, ms: number): Promise<Phase> {
  users.takeDelays()
  const [began, beganAt] = [await candidate.server.usage(), performance.now()]
  let rss = 0
  for (let left = ms; left > 0; left -= 500) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(500, left)))
    rss = Math.max(rss, (await candidate.server.usage()).rss)
  }
  const p99 = valueAt(users.takeDelays(), 0.99) ?? Number.POSITIVE_INFINITY
  const { cpu } = await candidate.server.usage()
  return { p99, rss, cpu: (cpu - began.cpu) / (performance.now() - beganAt) }
}

async function underAttack(
  candidate: BenchCandidate,
  users: ChattingUsers,
  kind: string,
  seconds: number,
): Promise<Row[]> {
  await candidate.server.collect()
  // What waited for the collection is no part of the delay.
  await new Promise((resolve) => setTimeout(resolve, recoveryMs))
  const target = { port: candidate.server.port, secret: benchSecret, channel: longChannel, records }
  const attacker = startAttacker(kind, target)
  await reported(attacker)
  const idle = await watch(candidate, users, seconds * 1000)
  attacker.send('begin')
  const attacked = await watch(candidate, users, seconds * 1000)
  const given = reported(attacker)
  attacker.send('end')
  const answers = (await given) as Answers
  await new Promise((resolve) => setTimeout(resolve, recoveryMs))
  const after = await watch(candidate, users, recoveryMs)
  await candidate.server.collect()
  const { rss } = await candidate.server.usage()
  return [
    {
      title: `an attacker by ${kind}: delay of messages, p99`,
      ...{ value: attacked.p99 / idle.p99, unit: 'times', limit: allowedDelay },
      detail: `${[idle, attacked, after].map(({ p99 }) => `${p99.toFixed(0)} ms`).join(', ')} before, meanwhile and after; CPU of the server ${[idle, attacked].map(({ cpu }) => `${cpu.toFixed(0)} ms/s`).join(', ')} before and meanwhile; ${outcomes(answers)}`,
    },
    {
      title: `an attacker by ${kind}: memory of the server`,
      ...{ value: attacked.rss / idle.rss, unit: 'times', limit: allowedMemory },
      detail: `${[idle.rss, attacked.rss, rss].map((bytes) => `${(bytes / 1e6).toFixed(0)} MB`).join(', ')}`,
    },
  ]
}

/** It stands for another machine, so from its start it leaves the processor to whoever measures on this one. */
function startAttacker(kind: string, target: Target): ChildProcess {
  const command = [process.execPath, siblingScript(import.meta.url, 'attacker'), kind, JSON.stringify(target)]
  return spawn('nice', ['-n', '19', ...command], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}

/** What the attacker reports next. */
async function reported(attacker: ChildProcess): Promise<unknown> {
  const ended = once(attacker, 'exit').then(() => Promise.reject(new Error('the attacker ended by itself')))
  // Once it was asked to end, it may.
  ended.catch(() => {})
  const [message] = await Promise.race([once(attacker, 'message'), ended])
  return message
}

function outcomes(answers: Answers): string {
  const entries = Object.entries(answers).map(([outcome, count]) => `${count} × ${outcome}`)
  return entries.length === 0 ? 'no answer' : entries.join(', ')
}
