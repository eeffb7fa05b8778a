import { expect, test } from 'vitest'
import { clusterId } from './kafka.ts'

test('an id for Kafka never begins with a hyphen, which would make it an option, and has 16 bytes', () => {
  for (const first of [0xf8, 0xff, 0x00]) {
    const id = clusterId((bytes) => Buffer.alloc(bytes, first))
    expect(id).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{21}$/)
    expect(Buffer.from(id, 'base64url').length).toBe(16)
  }
})
