import { assert, boolean, maxSafeNat, nat, property, record, string, stringMatching } from 'fast-check'
import { expect, test } from 'vitest'
import { encodeChange, encodeRecord } from '../../wire/record.ts'
import { changeBytes, recordBytes } from './encoded-bytes.ts'

const name = stringMatching(/^[A-Za-z0-9_.:~@-]{1,128}$/)
const records = record({
  collection: stringMatching(/^[a-z][a-z0-9_-]{0,31}$/),
  id: name,
  pos: maxSafeNat(),
  rev: nat(2000),
  author: name,
  createdAt: nat(2 ** 31),
  updatedAt: nat(2 ** 31),
  deleted: boolean(),
  data: string({ unit: 'binary' }).map((text) => JSON.stringify({ text })),
})

test('the bytes counted for a record are those of its encoding and a comma', () => {
  assert(
    property(records, (one) => {
      expect(recordBytes(one)).toBe(Buffer.byteLength(encodeRecord(one)) + 1)
      expect(changeBytes(one)).toBe(Buffer.byteLength(encodeChange(one)) + 1)
    }),
    { seed: 20_261_125 },
  )
})
