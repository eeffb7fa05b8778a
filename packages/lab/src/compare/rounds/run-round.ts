/**
 * One round: the clients of one candidate, or of several at once, receive the same events while everything is counted.
 * It opens the clients, watches them idle, sends the events of the workload, and waits until all are delivered.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { sendOnSchedule } from '../../load/send-on-schedule.ts'
import { isSettledWithin } from '../../time/is-settled-within.ts'
import { PauseWatch } from '../../time/pause-watch.ts'
import type { Target } from '../targets/target.ts'
import { CandidateClients } from './candidate-clients.ts'
import { measureCpuSlices } from './cpu-slices.ts'
import type { Snapshot } from './period.ts'
import { prepareChannel } from './prepare-channel.ts'
import type { RoundOptions } from './round-options.ts'
import type { RoundResult } from './round-result.ts'
import { eventData, type Schedule, schedule } from './schedule.ts'

/** An event that comes later than this, in ms behind the moment at which it should have come, is lost. */
const drainMs = 10_000

export async function runRound(options: RoundOptions): Promise<RoundResult[]> {
  const startedAt = performance.now()
  const pauses = new PauseWatch(() => performance.now()).start()
  try {
    const results = await measureRound(options)
    const labPauseMs = pauses.longestBetween(startedAt, performance.now())
    return results.map((result) => ({ ...result, labPauseMs }))
  } finally {
    pauses.stop()
  }
}

async function measureRound(options: RoundOptions): Promise<Omit<RoundResult, 'labPauseMs'>[]> {
  const { target, workload, candidates, clients, durationMs, random } = options
  const staleMs = Math.max(0, ...candidates.map((candidate) => candidate.staleMs))
  const warmUpMs = Math.max(options.warmUpMs, workload.rareEvents === null ? staleMs : 0)
  const plan = schedule(workload, random, { clients, warmUpMs, durationMs })
  const cursor = await prepareChannel(options)
  const groups = candidates.map((candidate) => new CandidateClients(candidate, plan, options, cursor))
  try {
    for (const group of groups) await group.open()
    const opened = await takeSnapshots(target, groups)
    const idleSlices = await measureCpuSlices(target, waitFrom(performance.now()), 0, options.idleMs)
    const idled = await takeSnapshots(target, groups)
    const { from, to, busySlices } = await measureEvents(options, plan, groups, staleMs)
    // Where events are rare, what is measured is idling.
    const cpuSlices = workload.rareEvents === null ? busySlices : idleSlices
    return groups.map((group, index) => ({
      ...group.result({
        opened: at(opened, index),
        idled: at(idled, index),
        from: at(from, index),
        to: at(to, index),
      }),
      cpuSlices,
    }))
  } finally {
    for (const group of groups) group.close()
  }
}

type Groups = readonly CandidateClients[]

async function measureEvents(options: RoundOptions, plan: Schedule, groups: Groups, staleMs: number) {
  const { target, workload, now } = options
  const startAt = performance.now()
  for (const { meter } of groups) meter.begin(now())
  const problems: string[] = []
  const sending = sendOnSchedule({
    atMs: plan.events.map(({ atMs }) => atMs),
    startAt,
    send: (index) => sendEvent(options, plan, groups, index, (problem) => problems.push(problem)),
  })
  const until = waitFrom(startAt)
  await until(plan.fromMs)
  const from = await takeSnapshots(target, groups)
  const slicing = measureCpuSlices(target, until, plan.fromMs, plan.toMs)
  const complete = Promise.all(groups.map(({ meter }) => meter.complete))
  // A rare event is measured to the end of its delivery, where that is later than the end of the planned time.
  const planned = until(plan.toMs)
  const over = workload.rareEvents === null ? planned : Promise.all([planned, complete])
  const ended = over.then(() => takeSnapshots(target, groups))
  const giveUpMs = plan.toMs + staleMs + drainMs
  const [isEnded, busySlices] = await Promise.all([isSettledWithin(ended, giveUpMs), slicing, sending])
  await isSettledWithin(complete, Math.max(0, startAt + giveUpMs - performance.now()))
  const to = isEnded ? await ended : await takeSnapshots(target, groups)
  for (const group of groups) for (const problem of problems) group.reportProblem(problem)
  return { from, to, busySlices }
}

function waitFrom(startAt: number): (ms: number) => Promise<void> {
  return (ms) => sleep(Math.max(0, startAt + ms - performance.now()))
}

/** A candidate that is alone has its clients write by their own transport; several share what a backend writes. */
function sendEvent(
  { workload, channel, publisher }: RoundOptions,
  plan: Schedule,
  groups: Groups,
  index: number,
  reportProblem: (problem: string) => void,
): void {
  const event = plan.events[index]
  if (event === undefined) return
  const write = { key: event.key, data: eventData(workload, index, event) }
  const [first] = groups
  if (event.writer !== null && first !== undefined && groups.length === 1) {
    first.write(event.writer, write)
    return
  }
  void publisher.write({ channel, collection: workload.collection }, write).then((problem) => {
    if (problem !== null) reportProblem(problem)
  })
}

/** What clients did is counted at once: what they ask while the server reports its use is of the next period. */
async function takeSnapshots(target: Target, groups: Groups): Promise<Snapshot[]> {
  const snapshots = groups.map((group) => group.snapshot())
  const server = await target.usage()
  return snapshots.map((snapshot) => ({ ...snapshot, server }))
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index]
  if (item === undefined) throw new Error(`there is no item ${index}`)
  return item
}
