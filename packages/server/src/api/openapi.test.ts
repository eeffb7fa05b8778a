import { type Code, codes, defaultLimits } from '@dovetail/protocol'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { openApiDocument } from './openapi.ts'
import { operations } from './operations.ts'
import { referencesOf, resolveReference } from './references.fixture.ts'
import { refusalsOf } from './refusals.ts'

/** As a reader gets it: text, parsed. */
const document = JSON.parse(JSON.stringify(openApiDocument(defaultLimits))) as Record<string, unknown>

describe('the OpenAPI document', () => {
  test('is valid by the meta-schema of OpenAPI 3.1', async () => {
    const validator = new Validator()
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  test('refers only to what is in it', () => {
    const references = referencesOf(document)
    expect(references.length).toBeGreaterThan(100)
    expect(references.filter((reference) => resolveReference(document, reference) === undefined)).toEqual([])
  })

  test('names every schema where it occurs, and says it once', () => {
    const schemas = (document.components as { schemas: Record<string, unknown> }).schemas
    const used = new Set(referencesOf(document).filter((reference) => reference.startsWith('#/components/schemas/')))
    for (const name of ['LiveRecord', 'Page', 'ChangesReply', 'Problem', 'BatchWrite']) {
      expect(schemas).toHaveProperty(name)
      expect(used).toContain(`#/components/schemas/${name}`)
    }
  })

  test('gives each operation an id of its own', () => {
    const ids = operations(defaultLimits).map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('has a place for every code that a request can meet', () => {
    // Any path may meet these: they are the default answer.
    const anywhere: Code[] = ['method_not_allowed', 'timeout', 'headers_too_large']
    const placed = new Set(operations(defaultLimits).flatMap(refusalsOf))
    expect([...placed, ...anywhere].sort()).toEqual(Object.keys(codes).sort())
  })

  test('shows the ranges of this server', () => {
    const text = JSON.stringify(openApiDocument({ ...defaultLimits, pageRecords: 123 }))
    expect(text).toContain('"maximum":123')
    expect(JSON.stringify(document)).not.toContain('"maximum":123,')
  })
})
