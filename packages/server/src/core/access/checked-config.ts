/**
 * A configuration as people write it, checked before it is believed: a misspelt key that is passed
 * over would leave open what was meant to be closed.
 */
import { fileFieldsOf } from '../rules/file-fields.ts'
import { faultOfWebhooks } from '../rules/webhook-config.ts'
import type { AccessRule, CollectionConfig, Config, FilesConfig, Level, NamespaceConfig } from './policy-config.ts'
import { PolicyError } from './policy-config.ts'
import { isRetention, isTime } from './retention-policy.ts'

const levels: ReadonlySet<unknown> = new Set<Level>([
  'anyone',
  'guest',
  'user',
  'member',
  'moderator',
  'owner',
  'author',
  'service',
  'admin',
  'nobody',
])

interface Shape {
  readonly holds: (value: unknown) => boolean
  readonly words: string
}

const oneOf = (...values: readonly unknown[]): Shape => ({
  holds: (value) => values.includes(value),
  words: `one of ${values.map((value) => `"${value}"`).join(', ')}`,
})
const yesOrNo: Shape = { holds: (value) => typeof value === 'boolean', words: 'true or false' }
const object: Shape = {
  holds: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  words: 'an object',
}
const fields: Shape = {
  holds: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  words: 'a list of names of fields',
}
const upgrades: Shape = {
  holds: (value) => Array.isArray(value) && value.every((each) => typeof each === 'function'),
  words: 'a list of functions, one from each earlier shape',
}
const made: Shape = { holds: (value) => typeof value === 'function', words: 'a function' }
const rule: Shape = {
  holds: (value) => typeof value === 'function' || [value].flat().every((each) => levels.has(each)),
  words: `a function, one of ${[...levels].map((level) => `"${level}"`).join(', ')}, or a list of them`,
}

const field: Shape = { holds: (value) => typeof value === 'string' && value !== '', words: 'the name of a field' }
const retention: Shape = {
  holds: isRetention,
  words: 'a time such as "90d", a number such as "100000 records", or "forever"',
}

const emptyTime: Shape = { holds: isTime, words: 'a time such as "3d", or "forever"' }

const namespaceShapes: Readonly<Record<keyof NamespaceConfig, Shape>> = {
  storage: oneOf('durable', 'memory'),
  visibility: oneOf('public', 'private'),
  staff: yesOrNo,
  read: rule,
  write: rule,
  create: rule,
  signals: rule,
  presence: yesOrNo,
  files: object,
  retain: retention,
  keepEmpty: emptyTime,
  collections: object,
}

const mediaTypes: Shape = {
  holds: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((each) => /^[a-z0-9.+-]+\/([a-z0-9.+-]+|\*)$/.test(each)),
  words: 'a list of media types such as "image/png" or "image/*"',
}
const wholeBytes: Shape = {
  holds: (value) => typeof value === 'number' && Number.isInteger(value) && value > 0,
  words: 'a whole number of bytes',
}
const filesShapes: Readonly<Record<keyof FilesConfig, Shape>> = { types: mediaTypes, bytes: wholeBytes, upload: rule }

const collectionShapes: Readonly<Record<keyof CollectionConfig, Shape>> = {
  schema: object,
  upgrade: upgrades,
  search: fields,
  write: rule,
  edit: rule,
  delete: rule,
  deliver: oneOf('all', 'latest'),
  unread: yesOrNo,
  retain: retention,
  expires: field,
  id: made,
}

/** @throws PolicyError that names the place */
export function checkConfig(config: Config): void {
  if (!object.holds(config)) throw new PolicyError('configuration: there is none; "config" must be an object')
  if (config.guests !== undefined && !yesOrNo.holds(config.guests)) fail('guests', yesOrNo)
  const fault = config.webhooks === undefined ? null : faultOfWebhooks(config.webhooks)
  if (fault !== null) throw new PolicyError(`configuration: ${fault}`)
  if (!object.holds(config.channels)) fail('channels', object)
  for (const [name, namespace] of Object.entries(config.channels)) {
    if (!object.holds(namespace)) fail(name, object)
    checkKeys(name, namespace, namespaceShapes)
    if (namespace.collections === undefined) fail(`${name}.collections`, object)
    for (const [collection, definition] of Object.entries(namespace.collections)) {
      if (!object.holds(definition)) fail(`${name}.${collection}`, object)
      checkKeys(`${name}.${collection}`, definition, collectionShapes)
      checkTypes(`${name}.${collection}.schema`, definition.schema)
      if (definition.upgrade !== undefined && definition.schema === undefined)
        throw new PolicyError(`configuration: "${name}.${collection}" has "upgrade", but no "schema" to upgrade to`)
    }
    checkFiles(name, namespace)
    if (isClosedToAll(namespace))
      throw new PolicyError(
        `configuration: "${name}" is private and has no collection "members", so nobody could ever read it; declare "members", or say who may "read"`,
      )
  }
}

/** Files outlive the process, so their records have to; and a field for files is of no use where none are taken. */
function checkFiles(name: string, { files, storage, collections }: NamespaceConfig): void {
  if (files !== undefined) {
    checkKeys(`${name}.files`, files, filesShapes)
    if (!mediaTypes.holds(files.types)) fail(`${name}.files.types`, mediaTypes)
    if (storage === 'memory')
      throw new PolicyError(`configuration: "${name}" has "files", which are for durable storage only`)
    return
  }
  for (const [collection, { schema }] of Object.entries(collections))
    if (fileFieldsOf(schema).length > 0)
      throw new PolicyError(`configuration: "${name}.${collection}" refers to files, but "${name}" has no "files"`)
}

/** Private, and nobody can become a member. */
function isClosedToAll({ visibility, read, collections }: NamespaceConfig): boolean {
  const asks: AccessRule | undefined = read
  return visibility === 'private' && asks === undefined && !Object.hasOwn(collections, 'members')
}

function checkKeys<Key extends string>(path: string, value: object, shapes: Readonly<Record<Key, Shape>>): void {
  for (const [key, given] of Object.entries(value)) {
    if (!Object.hasOwn(shapes, key))
      throw new PolicyError(`configuration: "${path}" has no "${key}"; there are ${Object.keys(shapes).join(', ')}`)
    const shape = shapes[key as Key]
    if (given !== undefined && !shape.holds(given)) fail(`${path}.${key}`, shape)
  }
}

const types = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']
/** Keywords of JSON Schema whose value is a schema, holds schemas by name, or is a list of them. */
const within = ['items', 'additionalProperties', 'contains', 'propertyNames', 'not', 'if', 'then', 'else']
const byName = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']
const listed = ['anyOf', 'allOf', 'oneOf', 'prefixItems']

/** A type that there is none of would let everything pass. */
function checkTypes(path: string, schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return
  const parts = new Map<string, unknown>(Object.entries(schema))
  const type = parts.get('type')
  if (type !== undefined && ![type].flat().every((each) => types.some((known) => known === each)))
    fail(`${path}.type`, oneOf(...types))
  for (const key of within) checkTypes(`${path}.${key}`, parts.get(key))
  for (const key of [...byName, ...listed])
    for (const [name, each] of Object.entries(parts.get(key) ?? {})) checkTypes(`${path}.${key}.${name}`, each)
}

function fail(path: string, { words }: Shape): never {
  throw new PolicyError(`configuration: "${path}" must be ${words}`)
}
