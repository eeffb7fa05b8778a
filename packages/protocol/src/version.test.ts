import { createHash } from 'node:crypto'
import Type from 'typebox'
import { expect, test } from 'vitest'
import { PingOk } from './frames/control.ts'
import { downSchemas, Reply } from './frames/down.ts'
import { HelloOk } from './frames/hello.ts'
import { SubscribeOk } from './frames/subscribe.ts'
import { upSchemas } from './frames/up.ts'
import { AppendOk, WriteOk } from './frames/write.ts'
import * as rest from './rest.ts'
import { SUBPROTOCOL, VERSION } from './version.ts'

const replies = { AppendOk, HelloOk, PingOk, SubscribeOk, WriteOk, Reply }

/**
 * The hash of all JSON Schemas of the protocol, with sorted keys and without descriptions, so that only a change of the
 * protocol changes it.
 */
function wireHash(schemas: object = { up: upSchemas, down: downSchemas, replies, rest }): string {
  const text = JSON.stringify(schemas, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([key, inner]) => !(key === 'description' && typeof inner === 'string'))
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : value,
  )
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

test('the hash of the protocol ignores descriptions, but not a member with the name "description"', () => {
  const schema = Type.Object({ name: Type.String() })
  expect(wireHash(schema)).toBe(wireHash(Type.Object({ name: Type.String({ description: 'Of people.' }) })))
  const more = Type.Object({ name: Type.String(), description: Type.String() })
  expect(wireHash(schema)).not.toBe(wireHash(more))
})

test('the schemas of the protocol have the hash of this version', () => {
  // When this fails: a change that breaks older clients or servers raises VERSION and adds a line to its history;
  // a change that only adds an optional field or a new command changes nothing but the hash below.
  expect([VERSION, wireHash()]).toEqual([1, 'b2e11ebf69bc'])
})

test('the name of the WebSocket subprotocol contains the version', () => {
  expect(SUBPROTOCOL).toBe(`dovetail.v${VERSION}`)
})

test('the tables of commands and events have each schema under its own op', () => {
  for (const [op, schema] of Object.entries({ ...upSchemas, ...downSchemas })) {
    expect(schema.properties.op.const).toBe(op)
  }
})
