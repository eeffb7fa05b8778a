import specs from '@asyncapi/specs'
import { Ajv } from 'ajv'
import { downSchemas, upSchemas } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { asyncApiDocument } from './asyncapi.ts'
import { referencesOf, resolveReference } from './references.fixture.ts'

const document = JSON.parse(JSON.stringify(asyncApiDocument())) as {
  operations: Record<string, { action: string; messages: { $ref: string }[]; reply?: { messages: { $ref: string }[] } }>
  components: { messages: Record<string, { payload: Record<string, unknown> }> }
}

/** The payload schema of an operation's message, with its references followed. */
function payloadOf({ $ref }: { $ref: string }): Record<string, unknown> {
  const inChannel = resolveReference(document, $ref) as { $ref: string }
  return (resolveReference(document, inChannel.$ref) as { payload: Record<string, unknown> }).payload
}

describe('the AsyncAPI document', () => {
  test('is valid by the JSON Schema of AsyncAPI 3', () => {
    // The schema contains draft-07, which Ajv would otherwise add a second time.
    const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, validateFormats: false, logger: false })
    const isValid = ajv.compile(specs.schemas['3.0.0'] as object)
    expect(isValid(document), JSON.stringify(isValid.errors?.slice(0, 5))).toBe(true)
    // The check is able to fail.
    expect(isValid({ ...document, operations: { broken: { action: 'shout' } } })).toBe(false)
  })

  test('has a target for each of its references', () => {
    const references = referencesOf(document)
    expect(references.length).toBeGreaterThan(50)
    expect(references.filter((reference) => resolveReference(document, reference) === undefined)).toEqual([])
  })

  test.each(Object.keys(upSchemas))('has the command "%s" with both its replies', (op) => {
    const operation = document.operations[op]
    expect(operation).toMatchObject({ action: 'receive', description: expect.stringMatching(/\.$/) })
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
    expect(operation).toMatchObject({ action: 'send', description: expect.stringMatching(/\.$/) })
    expect(operation?.messages.map(payloadOf)).toMatchObject([{ properties: { op: { const: op } } }])
  })
})
