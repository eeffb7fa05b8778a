/** The subject of every verb: a channel and a collection that are well named and declared. */
import { isChannelName, isCollectionName, isIdempotencyKey, isRecordId, isUserName } from 'dovetail-protocol'
import { Failure } from '../rules/failure.ts'
import { channelNotFound } from './authorize.ts'
import type { AccessContext } from './context.ts'
import type { CollectionPolicy, NamespacePolicy } from './policy.ts'

export function namedChannel(channel: string): string {
  if (!isChannelName(channel))
    throw new Failure(
      'invalid_name',
      'The channel name is not allowed: 1 to 128 of A-Z a-z 0-9 _ . : ~ @ -, a letter or digit first.',
    )
  return channel
}

export function namedCollection(collection: string): string {
  if (!isCollectionName(collection))
    throw new Failure(
      'invalid_name',
      'The collection name is not allowed: 1 to 32 of a-z 0-9 _ -, a letter first, and not a reserved word.',
    )
  return collection
}

export function namedRecord(id: string): string {
  if (!isRecordId(id))
    throw new Failure('invalid_name', 'The record id is not allowed: 1 to 128 of A-Z a-z 0-9 _ . : ~ @ -.')
  return id
}

export function namedUser(user: string): string {
  if (!isUserName(user))
    throw new Failure('invalid_name', 'The user name is not allowed: 1 to 128 of A-Z a-z 0-9 _ . : @ + -.')
  return user
}

export function namedKey(key: string): string {
  if (!isIdempotencyKey(key))
    throw new Failure('invalid_name', 'The idempotency key is not allowed: 1 to 128 visible ASCII characters.')
  return key
}

export function policyOf(core: Pick<AccessContext, 'policies'>, channel: string): NamespacePolicy {
  const policy = core.policies.of(channel)
  if (policy === null) throw channelNotFound(channel)
  return policy
}

export function collectionOf(policy: NamespacePolicy, collection: string): CollectionPolicy {
  const found = policy.collections.get(collection)
  if (found === undefined)
    throw new Failure('not_found', `There is no collection "${collection}" in the namespace "${policy.name}".`)
  return found
}
