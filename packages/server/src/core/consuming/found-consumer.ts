/** What the verbs of consumers and their reading share: who may use one, which one is meant, and its channels. */
import { isConsumerName } from 'dovetail-protocol'
import type { ChannelFacts } from '../../ports/channel-facts.ts'
import type { StoredConsumer } from '../../ports/consumers/consumers.ts'
import type { Caller } from '../access/caller.ts'
import { requireStaff } from '../access/require-staff.ts'
import type { ChannelPattern } from '../following/channel-pattern.ts'
import { matchingChannels } from '../following/matching-channels.ts'
import { Failure } from '../rules/failure.ts'
import type { ConsumerContext } from './context.ts'

/** More channels than this are listed for no consumer: a node keeps the names of those that changed in memory. */
const mostChannels = 100_000

/** Throws `invalid_name` and `not_found`. */
export async function foundConsumer({ consumers }: ConsumerContext, name: string): Promise<StoredConsumer> {
  requireConsumerName(name)
  const found = await consumers.find(name)
  if (found === null) throw noConsumer(name)
  return found
}

/** All channels of the pattern. Throws `too_many_subscriptions`. */
export async function requireListed(core: ConsumerContext, pattern: ChannelPattern): Promise<readonly ChannelFacts[]> {
  const all = await matchingChannels(core, pattern, mostChannels)
  if (all !== null) return all
  throw new Failure(
    'too_many_subscriptions',
    `"${pattern.text}" matches more than ${mostChannels} channels: use several consumers with narrower patterns.`,
  )
}

export function requireConsumerStaff(caller: Caller): void {
  requireStaff(caller, 'Only services and admins use consumers.')
}

export function noConsumer(name: string): Failure {
  return new Failure('not_found', `There is no consumer "${name}".`)
}

export function requireConsumerName(name: string): void {
  if (!isConsumerName(name))
    throw new Failure('invalid_name', 'The name of a consumer has 1 to 64 letters, digits and the signs "_.-".')
}
