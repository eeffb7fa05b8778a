/** The verbs of named consumers: making, listing, reading, resetting and deleting them. Only for services and admins. */
import { formatCursor, parseCursor } from 'dovetail-protocol'
import type { ChannelFacts } from '../../ports/channel-facts.ts'
import type { ChannelCursor, ConsumerPosition, StoredConsumer } from '../../ports/consumers/consumers.ts'
import type { Caller } from '../access/caller.ts'
import { readableAmong } from '../access/readable-among.ts'
import { type ChannelPattern, parsePattern } from '../following/channel-pattern.ts'
import { Failure } from '../rules/failure.ts'
import type { ConsumerContext } from './context.ts'
import {
  foundConsumer,
  noConsumer,
  requireConsumerName,
  requireConsumerStaff,
  requireListed,
} from './found-consumer.ts'
import type { ConsumerVerbContext } from './verb-context.ts'

export type ConsumerStart = 'beginning' | 'now'

/** Makes the consumer, or finds it. Throws `exists` where it has another pattern, and `too_many_subscriptions`. */
export async function openConsumer(
  core: ConsumerVerbContext,
  caller: Caller,
  { name, pattern, from }: { readonly name: string; readonly pattern: string; readonly from: ConsumerStart },
): Promise<{ readonly made: boolean; readonly consumer: StoredConsumer }> {
  requireConsumerStaff(caller)
  requireConsumerName(name)
  const parsed = parsePattern(core, pattern)
  const there = await core.consumers.find(name)
  if (there !== null) return { made: false, consumer: requireSamePattern(there, pattern) }
  await requireFewer(core)
  const made = { name, pattern, version: core.newId(), createdAt: core.clock.now() }
  const opened = await core.consumers.make(made, await startOf(core, caller, parsed, from))
  return { ...opened, consumer: requireSamePattern(opened.consumer, pattern) }
}

export async function listConsumers(core: ConsumerContext, caller: Caller): Promise<readonly StoredConsumer[]> {
  requireConsumerStaff(caller)
  return await core.consumers.list()
}

/** Moves the consumer to the beginning of all logs, or to their heads. Workers lose what they hold. */
export async function resetConsumer(
  core: ConsumerVerbContext,
  caller: Caller,
  name: string,
  to: ConsumerStart,
): Promise<void> {
  requireConsumerStaff(caller)
  const { pattern } = await foundConsumer(core, name)
  const positions = await startOf(core, caller, parsePattern(core, pattern), to)
  if (!(await core.consumers.reset(name, core.newId(), positions))) throw noConsumer(name)
  core.consumptions.of(name).relist()
}

export async function deleteConsumer(core: ConsumerVerbContext, caller: Caller, name: string): Promise<void> {
  requireConsumerStaff(caller)
  requireConsumerName(name)
  if (!(await core.consumers.drop(name))) throw noConsumer(name)
  core.consumptions.of(name).relist()
}

export interface ConsumerWorker {
  readonly worker: string
  /** How many channels it holds now. */
  readonly channels: number
}

export interface ConsumerReport {
  readonly consumer: StoredConsumer
  /** How many channels of the pattern there are. */
  readonly channels: number
  /** How many of them have something that is not acknowledged. */
  readonly behind: number
  /** How many revisions that is in all; a record that changed several times counts as often. */
  readonly lag: number
  /** Who holds channels now, by name. */
  readonly workers: readonly ConsumerWorker[]
  /** How many rows were read, for the price. */
  readonly looked: number
}

/** How far the consumer has come, and who works for it. */
export async function inspectConsumer(core: ConsumerContext, caller: Caller, name: string): Promise<ConsumerReport> {
  requireConsumerStaff(caller)
  const consumer = await foundConsumer(core, name)
  return await reportOf(core, consumer, await requireListed(core, parsePattern(core, consumer.pattern)))
}

/** `channels`: those of its pattern. */
export async function reportOf(
  core: ConsumerContext,
  consumer: StoredConsumer,
  channels: readonly ChannelFacts[],
): Promise<ConsumerReport> {
  const positions = await core.consumers.positions(consumer.name)
  const cursors = new Map(positions.map(({ channel, cursor }) => [channel, cursor]))
  const lags = channels.map((facts) => lagOf(facts, cursors.get(facts.name) ?? '0'))
  return {
    consumer,
    channels: channels.length,
    behind: lags.filter((lag) => lag > 0).length,
    lag: lags.reduce((sum, lag) => sum + lag, 0),
    workers: workersOf(positions),
    looked: channels.length + positions.length,
  }
}

function lagOf({ epoch, head }: ChannelFacts, cursor: string): number {
  const read = parseCursor(cursor)
  return read?.epoch === epoch ? Math.max(0, head - read.rev) : head
}

function workersOf(positions: readonly ConsumerPosition[]): ConsumerWorker[] {
  const held = new Map<string, number>()
  for (const { worker } of positions) if (worker !== null) held.set(worker, (held.get(worker) ?? 0) + 1)
  return [...held].sort(([a], [b]) => (a < b ? -1 : 1)).map(([worker, channels]) => ({ worker, channels }))
}

/** From now on: the readable channels are taken as they are; each other one is new where it becomes readable. */
async function startOf(
  core: ConsumerContext,
  caller: Caller,
  pattern: ChannelPattern,
  from: ConsumerStart,
): Promise<readonly ChannelCursor[]> {
  if (from === 'beginning') return []
  const all = await requireListed(core, pattern)
  const readable = await readableAmong(
    core,
    caller,
    all.map(({ name }) => name),
  )
  return all.flatMap(({ name, epoch, head }) =>
    readable.has(name) ? [{ channel: name, cursor: formatCursor(epoch, head) }] : [],
  )
}

async function requireFewer({ consumers, limits }: ConsumerContext): Promise<void> {
  if ((await consumers.list()).length >= limits.consumers)
    throw new Failure('too_many_subscriptions', `There are ${limits.consumers} consumers already: delete one.`)
}

function requireSamePattern(consumer: StoredConsumer, pattern: string): StoredConsumer {
  if (consumer.pattern === pattern) return consumer
  throw new Failure('exists', `The consumer "${consumer.name}" has another pattern, "${consumer.pattern}".`)
}
