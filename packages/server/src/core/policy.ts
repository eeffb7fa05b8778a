/**
 * Policy by namespace: what the typed configuration says, compiled once at start. Everything that
 * depends on a namespace is asked here, so that no verb knows a configuration.
 */
import { type FieldError, isCollectionName, namespaceOf } from '@dovetail/protocol'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { checkConfig } from './checked-config.ts'
import { fieldErrors } from './field-errors.ts'
import type { AccessRule, CollectionConfig, Config, NamespaceConfig } from './policy-config.ts'
import { PolicyError } from './policy-error.ts'

export type * from './policy-config.ts'

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

export function compilePolicies(config: Config): Policies {
  checkConfig(config)
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
