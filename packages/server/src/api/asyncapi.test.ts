import specs from '@asyncapi/specs'
import { downSchemas, upSchemas } from '@dovetail/protocol'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { asyncApiDocument } from './asyncapi.ts'
import { referencesOf, resolveReference } from './references.fixture.ts'

const document = JSON.parse(JSON.stringify(asyncApiDocument())) as {
  operations: Record<string, { action: string; messages: { $ref: string }[]; reply?: { messages: { $ref: string }[] } }>
  components: { messages: Record<string, { payload: Record<string, unknown> }> }
}

/** The payload schema that a message of an operation leads to. */
function payloadOf({ $ref }: { $ref: string }): Record<string, unknown> {
  const inChannel = resolveReference(document, $ref) as { $ref: string }
  return (resolveReference(document, inChannel.$ref) as { payload: Record<string, unknown> }).payload
}

describe('the AsyncAPI document', () => {
  test('is valid by the schema of AsyncAPI 3', () => {
    // The schema brings draft-07 along, which Ajv would otherwise add as well.
    const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, validateFormats: false, logger: false })
    const isValid = ajv.compile(specs.schemas['3.0.0'] as object)
    expect(isValid(document), JSON.stringify(isValid.errors?.slice(0, 5))).toBe(true)
    // The same check fails where there is a fault.
    expect(isValid({ ...document, operations: { broken: { action: 'shout' } } })).toBe(false)
  })

  test('refers only to what is in it', () => {
    const references = referencesOf(document)
    expect(references.length).toBeGreaterThan(50)
    expect(references.filter((reference) => resolveReference(document, reference) === undefined)).toEqual([])
  })

  test.each(Object.keys(upSchemas))('has the command "%s" with both its replies', (op) => {
    const operation = document.operations[op]
    expect(operation?.action).toBe('receive')
    const [command] = operation?.messages ?? []
    const replies = (operation?.reply?.messages ?? []).map(payloadOf)
    expect(command && payloadOf(command)).toMatchObject({ properties: { op: { const: op } } })
    expect(replies).toMatchObject([
      { required: ['id', 'ok'], properties: { ok: expect.anything() } },
      { required: ['id', 'error'], properties: { error: { $ref: '#/components/schemas/ErrorBody' } } },
    ])
  })

  test.each(Object.keys(downSchemas))('has the event "%s"', (op) => {
    const operation = document.operations[`${op}Event`]
    expect(operation?.action).toBe('send')
    expect(operation?.messages.map(payloadOf)).toMatchObject([{ properties: { op: { const: op } } }])
  })
})
