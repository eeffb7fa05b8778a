/**
 * Policy by namespace: what the typed configuration says, compiled once at start. Everything that
 * depends on a namespace is asked here, so that no verb knows a configuration.
 */
import { type FieldError, isCollectionName, namespaceOf } from '@dovetail/protocol'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Caller } from './caller.ts'
import { fieldErrors } from './field-errors.ts'

/**
 * Who may: `guest` and above, `user` and above, channel roles (`member`, `moderator`, `owner`),
 * the record's `author`, a backend (`service`), an `admin`, or nobody. A list means any of them.
 */
export type Level =
  | 'anyone'
  | 'guest'
  | 'user'
  | 'member'
  | 'moderator'
  | 'owner'
  | 'author'
  | 'service'
  | 'admin'
  | 'nobody'
export type AccessRule = Level | readonly Level[] | AccessFunction
export type AccessFunction = (caller: PolicyCaller, record: PolicyRecord | null) => boolean | Promise<boolean>

export interface PolicyCaller extends Pick<Caller, 'user' | 'role' | 'name'> {
  /** The caller's role in the channel's `members`; `null`: none. */
  readonly member: MemberRole | null
}
export interface PolicyRecord {
  readonly channel: string
  readonly collection: string
  /** `null` for a record that is being created. */
  readonly id: string | null
  readonly author: string
  readonly data: unknown
}

export type MemberRole = 'owner' | 'moderator' | 'member' | 'banned'

export interface CollectionConfig {
  /** A TypeBox type or plain JSON Schema for the record's data. Absent: any JSON object. */
  readonly schema?: TSchema | object
  /** The data's fields that full text search looks in. */
  readonly search?: readonly string[]
  /** Who creates records. Default: the namespace's `write`. */
  readonly write?: AccessRule
  /** Who changes a record. Default: `author`. */
  readonly edit?: AccessRule
  /** Who deletes a record. Default: as `edit`. */
  readonly delete?: AccessRule
  /** `latest`: within a range only the last state of each record is sent. */
  readonly deliver?: 'all' | 'latest'
  /** Whether its records count as unread. Default: true, but for `members`. */
  readonly unread?: boolean
  /** Makes the record's id from its data and author, so that there is one record of each kind. */
  readonly id?: (data: Record<string, unknown>, author: string) => string
}

export interface NamespaceConfig {
  /** `memory` forgets on restart (with a new epoch) and never waits for a disk. */
  readonly storage?: 'durable' | 'memory'
  /** `private`: only members may know of a channel. */
  readonly visibility?: 'public' | 'private'
  readonly read?: AccessRule
  readonly write?: AccessRule
  /** Who may make a channel by `PUT /v1/channels/{ch}`. Default: `user`. */
  readonly create?: AccessRule
  readonly signals?: AccessRule
  readonly presence?: boolean
  readonly collections: Readonly<Record<string, CollectionConfig>>
}

export interface Config {
  /** Whether `POST /v1/guests` admits guests. Default: true. */
  readonly guests?: boolean
  readonly channels: Readonly<Record<string, NamespaceConfig>>
}

export interface CollectionPolicy {
  readonly name: string
  /** What is wrong with the data; empty: nothing. */
  readonly check: (data: unknown) => FieldError[]
  readonly search: readonly string[]
  readonly write: AccessRule
  readonly edit: AccessRule
  readonly delete: AccessRule
  readonly latest: boolean
  readonly unread: boolean
  readonly id: ((data: Record<string, unknown>, author: string) => string) | null
}

export interface NamespacePolicy {
  readonly name: string
  readonly storage: 'durable' | 'memory'
  readonly private: boolean
  readonly read: AccessRule
  readonly create: AccessRule
  readonly signals: AccessRule
  readonly presence: boolean
  readonly collections: ReadonlyMap<string, CollectionPolicy>
}

export interface Policies {
  readonly guests: boolean
  /** `null`: the namespace was not declared. */
  of(channel: string): NamespacePolicy | null
  readonly namespaces: ReadonlyMap<string, NamespacePolicy>
}

/** Thrown at start for a configuration that can't be served; the message is one clear line. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
}

export function compilePolicies(config: Config): Policies {
  const namespaces = new Map<string, NamespacePolicy>()
  for (const [name, namespace] of Object.entries(config.channels)) {
    if (!/^[A-Za-z0-9][A-Za-z0-9_.~@-]{0,63}$/.test(name))
      throw new PolicyError(`configuration: "${name}" is no name for a namespace`)
    namespaces.set(name, compileNamespace(name, namespace))
  }
  return { guests: config.guests ?? true, namespaces, of: (channel) => namespaces.get(namespaceOf(channel)) ?? null }
}

function compileNamespace(name: string, config: NamespaceConfig): NamespacePolicy {
  const isPrivate = config.visibility === 'private'
  const write = config.write ?? (isPrivate ? 'member' : 'user')
  const collections = new Map<string, CollectionPolicy>()
  for (const [collection, definition] of Object.entries(config.collections)) {
    if (!isCollectionName(collection))
      throw new PolicyError(`configuration: "${name}.${collection}" is no name for a collection`)
    collections.set(collection, compileCollection(`${name}.${collection}`, collection, definition, write))
  }
  return {
    name,
    storage: config.storage ?? 'durable',
    private: isPrivate,
    read: config.read ?? (isPrivate ? 'member' : 'anyone'),
    create: config.create ?? 'user',
    signals: config.signals ?? write,
    presence: config.presence ?? false,
    collections,
  }
}

function compileCollection(path: string, name: string, config: CollectionConfig, write: AccessRule): CollectionPolicy {
  const edit = config.edit ?? 'author'
  return {
    name,
    check: compileCheck(path, config.schema),
    search: config.search ?? [],
    write: config.write ?? write,
    edit,
    delete: config.delete ?? edit,
    latest: config.deliver === 'latest',
    unread: config.unread ?? name !== 'members',
    id: config.id ?? null,
  }
}

const mustBeObject: FieldError = { pointer: '', message: 'The data must be a JSON object.' }

function isPlainObject(data: unknown): boolean {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}

function compileCheck(path: string, schema: TSchema | object | undefined): (data: unknown) => FieldError[] {
  if (schema === undefined) return (data) => (isPlainObject(data) ? [] : [mustBeObject])
  let validator: ReturnType<typeof Compile>
  try {
    validator = Compile(schema as TSchema)
  } catch (cause) {
    throw new PolicyError(`configuration: the schema of "${path}" does not compile: ${(cause as Error).message}`)
  }
  return (data) => {
    if (!isPlainObject(data)) return [mustBeObject]
    if (validator.Check(data)) return []
    return fieldErrors(validator.Errors(data))
  }
}
