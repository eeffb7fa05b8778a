import { readFile } from 'node:fs/promises'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { type Code, codes, defaultLimits } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { asyncApiDocument } from './asyncapi.ts'
import { describedResources } from './described-resources.fixture.ts'
import { schemaExamples } from './examples.ts'
import { openApiDocument } from './openapi.ts'
import { referencesOf, resolveReference } from './references.fixture.ts'
import { refusalsOf } from './refusals.ts'

const operations = describedResources().flatMap((resource) => Object.values(resource.operations))

interface Part {
  readonly path: string
  readonly value: Record<string, unknown>
}

/** Every object of the document, with where it stands. */
function everyPart(value: unknown, path: readonly string[] = []): Part[] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.entries(value).flatMap(([key, each]) => everyPart(each, [...path, key.replaceAll('/', '~1')]))
  return Array.isArray(value) ? inside : [{ path: path.join('/'), value: value as Record<string, unknown> }, ...inside]
}

/** The document after encoding and parsing, as a client gets it. */
const document = JSON.parse(JSON.stringify(openApiDocument(describedResources()))) as Record<string, unknown>

describe('the OpenAPI document', () => {
  test('is valid by the meta-schema of OpenAPI 3.1', async () => {
    const validator = new Validator()
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  test('has the version of the package, which AsyncAPI has too', async () => {
    const file = new URL('../../../package.json', import.meta.url)
    const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string }
    expect(document).toMatchObject({ info: { version } })
    expect(asyncApiDocument()).toMatchObject({ info: { version } })
  })

  test('has a target for each of its references', () => {
    const references = referencesOf(document)
    expect(references.length).toBeGreaterThan(100)
    expect(references.filter((reference) => resolveReference(document, reference) === undefined)).toEqual([])
  })

  test('contains each named schema once and refers to it by name', () => {
    const schemas = (document.components as { schemas: Record<string, unknown> }).schemas
    const used = new Set(referencesOf(document).filter((reference) => reference.startsWith('#/components/schemas/')))
    for (const name of ['LiveRecord', 'Page', 'ChangesReply', 'Problem', 'BatchWrite']) {
      expect(schemas).toHaveProperty(name)
      expect(used).toContain(`#/components/schemas/${name}`)
    }
  })

  test('names each object that it describes, so that generators make no InlineObject', () => {
    const inline = everyPart(document).filter(({ path, value }) => {
      const isNamed = /^components\/schemas\/[^/]+$/.test(path)
      return value.properties !== undefined && !isNamed && !/\/(examples|value)\//.test(path)
    })
    expect(inline.map(({ path }) => path)).toEqual([])
  })

  test('[K2] gives each enum and each constant a type', () => {
    const choices = everyPart(document).filter(({ value }) => Array.isArray(value.enum) || 'const' in value)
    expect(choices.length).toBeGreaterThan(5)
    expect(choices.filter(({ value }) => value.type === undefined).map(({ path }) => path)).toEqual([])
  })

  test('gives whole numbers 64 bits, but for those that are always small', () => {
    const { schemas } = document.components as { schemas: { Revision: object } }
    expect(schemas.Revision).toMatchObject({ type: 'integer', format: 'int64' })
    const small = everyPart(document).filter(
      ({ path, value }) =>
        value.type === 'integer' && value.format === undefined && !path.startsWith('components/headers'),
    )
    expect(small.filter(({ value }) => !(Number(value.maximum) < 2 ** 31))).toEqual([])
  })

  test('[K1] tells a tombstone by a plain boolean', () => {
    const { schemas } = document.components as { schemas: { Tombstone: { properties: { deleted: object } } } }
    expect(schemas.Tombstone.properties.deleted).toEqual({ type: 'boolean', description: expect.any(String) })
  })

  test('[K3] declares the headers of every write, of a batch too', () => {
    const writes = operations.filter(({ id }) =>
      ['createRecord', 'putRecord', 'patchRecord', 'deleteRecord', 'writeBatch'].includes(id),
    )
    expect(writes).toHaveLength(5)
    for (const { headers = [] } of writes)
      expect(headers.map(({ name }) => name)).toEqual(expect.arrayContaining(['Idempotency-Key', 'Dovetail-Author']))
  })

  test.each([
    ['listChannels', 'prefix'],
    ['listChannels', 'after'],
    ['listMyChannels', 'after'],
    ['whoIsPresent', 'after'],
    ['search', 'channel'],
    ['search', 'collection'],
    ['followChannel', 'client'],
    ['endPresence', 'client'],
  ])('[K4] the parameter of %s named %s has a pattern', (id, name) => {
    const parameter = operations.find((each) => each.id === id)?.query?.find((each) => each.name === name)
    expect(parameter?.schema).toMatchObject({ pattern: expect.stringMatching(/^\^/) })
  })

  test('[K4] bodies show what the server checks in steps of its own', () => {
    const { schemas } = document.components as { schemas: Record<string, { properties: Record<string, object> }> }
    expect(schemas.PresenceRenewal?.properties.client).toHaveProperty('pattern')
    expect(schemas.SignalRequest?.properties.type).toHaveProperty('pattern')
    expect(schemas.FollowRequest?.properties.subs).toMatchObject({ minProperties: 1 })
  })

  test('describes each operation, parameter, tag and member', () => {
    const parts = everyPart(document)
    const lacking = [
      ...parts.filter(({ value }) => 'operationId' in value && !value.description),
      ...parts.filter(({ path, value }) => /^tags\/\d+$/.test(path) && !value.description),
      ...parts.filter(({ path, value }) => /parameters\/\d+$/.test(path) && !value.description),
      ...parts.filter(
        ({ path, value }) => /\/properties\/[^/]+$/.test(path) && !value.description && value.$ref === undefined,
      ),
    ]
    expect(lacking.map(({ path }) => path)).toEqual([])
  })

  test('has examples that fit their schemas', () => {
    const { schemas } = document.components as { schemas: Record<string, { examples?: readonly unknown[] }> }
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    ajv.addSchema({ $id: 'https://example.com/openapi', ...document })
    const named = Object.entries(schemas).filter(([, { examples }]) => examples !== undefined)
    expect(named.map(([name]) => name).sort()).toEqual(Object.keys(schemaExamples).sort())
    for (const [name, { examples = [] }] of named) {
      const isValid = ajv.compile({ $ref: `https://example.com/openapi#/components/schemas/${name}` })
      for (const example of examples) expect(isValid(example), `${name}: ${JSON.stringify(isValid.errors)}`).toBe(true)
    }
  })

  test('[ERR18] shows each code of a response by an example, with whether to retry', () => {
    const { responses, schemas } = document.components as {
      responses: Record<
        string,
        { content: Record<string, { examples?: Record<string, { value: { retryable: boolean } }> }> }
      >
      schemas: Record<string, object>
    }
    const isValid = new Ajv2020({ strict: false, validateFormats: false }).compile({
      ...schemas.Problem,
      components: { schemas },
    })
    for (const [name, { content }] of Object.entries(responses)) {
      const examples = content['application/problem+json']?.examples ?? {}
      if (name !== 'problem') expect(Object.keys(examples).sort()).toEqual(name.split('.').sort())
      for (const [code, { value }] of Object.entries(examples)) {
        expect(isValid(value), JSON.stringify(isValid.errors)).toBe(true)
        expect(value.retryable).toBe(codes[code as Code].retry)
      }
    }
  })

  test('gives each operation a different id', () => {
    const ids = operations.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('has every error code in the replies of at least one operation', () => {
    // Every path may answer these: they belong to the default response.
    const anywhere: Code[] = ['method_not_allowed', 'timeout', 'headers_too_large']
    const placed = new Set(operations.flatMap(refusalsOf))
    expect([...placed, ...anywhere].sort()).toEqual(Object.keys(codes).sort())
  })

  test('shows the limits of the server as the ranges of parameters', () => {
    const text = JSON.stringify(openApiDocument(describedResources({ ...defaultLimits, pageRecords: 123 })))
    expect(text).toContain('"maximum":123')
    expect(JSON.stringify(document)).not.toContain('"maximum":123,')
  })
})
