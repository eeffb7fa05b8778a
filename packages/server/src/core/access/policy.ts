/**
 * Policy by namespace: what the typed configuration says, compiled once at start. Everything that
 * depends on a namespace is asked here, so that no verb knows a configuration.
 */
import { type FieldError, isCollectionName, namespaceOf } from 'dovetail-protocol'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { fieldErrors } from '../rules/field-errors.ts'
import { type FieldPath, fileFieldsOf } from '../rules/file-fields.ts'
import { checkConfig } from './checked-config.ts'
import { ownFeedConfig, ownFeedNamespace } from './own-feed.ts'
import type {
  AccessRule,
  CollectionConfig,
  Config,
  FilesConfig,
  Level,
  NamespaceConfig,
  Retention,
  Upgrade,
} from './policy-config.ts'
import { PolicyError } from './policy-config.ts'
import { parseRetention, parseTime, type RetentionPolicy } from './retention-policy.ts'

export type * from './policy-config.ts'

export interface CollectionPolicy {
  readonly name: string
  /** What is wrong with the data; empty: nothing. */
  readonly check: (data: unknown) => FieldError[]
  /** Data as text in the newest shape; the same text where it has it, or where no upgrade leads there. `null`: there is one shape. */
  readonly newest: ((data: string) => string) | null
  /** The number of the newest shape: 1 where there are no others. */
  readonly shape: number
  readonly search: readonly string[]
  readonly write: AccessRule
  readonly edit: AccessRule
  readonly delete: AccessRule
  readonly latest: boolean
  readonly unread: boolean
  /** `null`: its records are kept for ever. */
  readonly retain: RetentionPolicy | null
  /** The field of the data that says when a record ends; `null`: none does. */
  readonly expires: string | null
  /** Where its data refers to files. */
  readonly files: readonly FieldPath[]
  readonly id: ((data: Record<string, unknown>, author: string) => string) | null
}

export interface FilesPolicy {
  readonly types: readonly string[]
  /** `null`: as many as the limit says. */
  readonly bytes: number | null
  readonly upload: AccessRule
}

export interface NamespacePolicy {
  readonly name: string
  readonly storage: 'durable' | 'memory'
  readonly private: boolean
  /** Whether `service` and `admin` count as members of private channels. */
  readonly staff: boolean
  readonly read: AccessRule
  readonly create: AccessRule
  readonly signals: AccessRule
  readonly presence: boolean
  /** How long a public channel that nobody uses is kept, ms; `null`: for ever, and private ones always. */
  readonly keepEmptyMs: number | null
  /** `null`: its channels take no files. */
  readonly files: FilesPolicy | null
  readonly collections: ReadonlyMap<string, CollectionPolicy>
}

export interface Policies {
  readonly guests: boolean
  /** `null`: the namespace was not declared. */
  of(channel: string): NamespacePolicy | null
  /** Those that the configuration declares. */
  readonly namespaces: ReadonlyMap<string, NamespacePolicy>
}

/** Longer than a weekend: who opens a channel on Friday may use it on Monday. */
const defaultKeepEmpty = '3d'

/** Who of these opens a channel does so for others, who could not open it again. */
const staffLevels: ReadonlySet<unknown> = new Set<Level>(['service', 'admin', 'nobody'])

export function compilePolicies(config: Config): Policies {
  checkConfig(config)
  const namespaces = new Map<string, NamespacePolicy>()
  for (const [name, namespace] of Object.entries(config.channels)) {
    if (!/^[A-Za-z0-9][A-Za-z0-9_.~@-]{0,63}$/.test(name))
      throw new PolicyError(`configuration: "${name}" is no name for a namespace`)
    if (name === ownFeedNamespace)
      throw new PolicyError(
        `configuration: the namespace "${name}" is kept for each user's own feed; choose another name`,
      )
    namespaces.set(name, compileNamespace(name, namespace))
  }
  const ownFeed = compileNamespace(ownFeedNamespace, ownFeedConfig)
  const policyOfNamespace = (name: string) => (name === ownFeedNamespace ? ownFeed : (namespaces.get(name) ?? null))
  return { guests: config.guests ?? true, namespaces, of: (channel) => policyOfNamespace(namespaceOf(channel)) }
}

function compileNamespace(name: string, config: NamespaceConfig): NamespacePolicy {
  const isPrivate = config.visibility === 'private'
  const write = config.write ?? (isPrivate ? 'member' : 'user')
  const collections = new Map<string, CollectionPolicy>()
  for (const [collection, definition] of Object.entries(config.collections)) {
    if (!isCollectionName(collection))
      throw new PolicyError(`configuration: "${name}.${collection}" is no name for a collection`)
    const retain = definition.retain ?? (collection === 'members' ? undefined : config.retain)
    collections.set(
      collection,
      compileCollection(`${name}.${collection}`, collection, { ...definition, retain }, write),
    )
  }
  const create = config.create ?? 'user'
  return {
    name,
    storage: config.storage ?? 'durable',
    private: isPrivate,
    staff: config.staff ?? true,
    read: config.read ?? (isPrivate ? 'member' : 'anyone'),
    create,
    signals: config.signals ?? write,
    presence: config.presence ?? false,
    keepEmptyMs: isPrivate ? null : parseTime(config.keepEmpty ?? (isForStaff(create) ? 'forever' : defaultKeepEmpty)),
    files: compileFiles(config.files, write),
    collections,
  }
}

function isForStaff(rule: AccessRule): boolean {
  return typeof rule !== 'function' && [rule].flat().every((level) => staffLevels.has(level))
}

function compileFiles(config: FilesConfig | undefined, write: AccessRule): FilesPolicy | null {
  if (config === undefined) return null
  return { types: config.types, bytes: config.bytes ?? null, upload: config.upload ?? write }
}

type InheritedConfig = Omit<CollectionConfig, 'retain'> & { readonly retain: Retention | undefined }

function compileCollection(path: string, name: string, config: InheritedConfig, write: AccessRule): CollectionPolicy {
  const edit = config.edit ?? 'author'
  const check = compileCheck(path, config.schema)
  const upgrades = config.upgrade ?? []
  return {
    name,
    check,
    newest: upgrades.length === 0 ? null : newestBy(check, upgrades),
    shape: upgrades.length + 1,
    search: config.search ?? [],
    write: config.write ?? write,
    edit,
    delete: config.delete ?? edit,
    latest: config.deliver === 'latest',
    unread: config.unread ?? name !== 'members',
    retain: parseRetention(config.retain),
    expires: config.expires ?? null,
    files: fileFieldsOf(config.schema),
    id: config.id ?? null,
  }
}

function newestBy(check: CollectionPolicy['check'], upgrades: readonly Upgrade[]): (data: string) => string {
  return (text) => {
    if (check(JSON.parse(text)).length === 0) return text
    for (let from = upgrades.length - 1; from >= 0; from--) {
      const upgraded = tryUpgrades(upgrades.slice(from), JSON.parse(text))
      if (check(upgraded).length === 0) return JSON.stringify(upgraded)
    }
    return text
  }
}

/** Data of an earlier shape than the first of these functions knows may be anything to it. */
function tryUpgrades(upgrades: readonly Upgrade[], data: Record<string, unknown>): unknown {
  try {
    return upgrades.reduce<object>((shaped, upgrade) => upgrade(shaped as Record<string, unknown>), data)
  } catch {
    return null
  }
}

const mustBeObject: FieldError = { pointer: '', message: 'The data must be a JSON object.' }

export function isPlainObject(data: unknown): boolean {
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
