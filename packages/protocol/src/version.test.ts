import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { downSchemas, Reply } from './down.ts'
import { PingOk } from './frames/control.ts'
import { HelloOk } from './frames/hello.ts'
import { SubscribeOk } from './frames/subscribe.ts'
import { WriteOk } from './frames/write.ts'
import * as rest from './rest.ts'
import { upSchemas } from './up.ts'
import { SUBPROTOCOL, VERSION } from './version.ts'

const replies = { HelloOk, PingOk, SubscribeOk, WriteOk, Reply }

/** The JSON Schema of everything on the wire, keys sorted, so that only a change of the wire changes it. */
function wireHash(): string {
  const text = JSON.stringify({ up: upSchemas, down: downSchemas, replies, rest }, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

test('the schemas of the wire are those of this version', () => {
  // Red? A change that an older client or server would not survive bumps VERSION and adds a line to
  // its history; one that adds an optional field or an exchange changes the hash here alone.
  expect([VERSION, wireHash()]).toEqual([1, '5f5d9b09e14c'])
})

test('the subprotocol carries the version', () => {
  expect(SUBPROTOCOL).toBe(`dovetail.v${VERSION}`)
})

test('each schema is filed under its own op', () => {
  for (const [op, schema] of Object.entries({ ...upSchemas, ...downSchemas })) {
    expect(schema.properties.op.const).toBe(op)
  }
})
