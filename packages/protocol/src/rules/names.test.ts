import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isChannelName, isCollectionName, isIdempotencyKey, isRecordId, isUserName, namespaceOf } from './names.ts'

const nothingLikeAName = [
  undefined,
  null,
  1,
  {},
  [],
  ['chat:a'],
  true,
  '',
  ' ',
  'é',
  'a b',
  'a/b',
  'a\n',
  '\na',
  'a\u0000',
  'a%41',
  'ａ',
  '😀',
]

const kinds = { isChannelName, isCollectionName, isRecordId, isUserName }

describe.each(Object.entries(kinds))('%s', (_name, isName) => {
  test.each(nothingLikeAName)('[NAM7] refuses %j', (value) => {
    expect(isName(value)).toBe(false)
  })

  test('answers for any text, and within 100 ms for 100,001 characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof isName(text) === 'boolean'))
    const tookMs = Array.from({ length: 5 }, () => {
      const startedAt = performance.now()
      isName(`${'a'.repeat(100_000)}!`)
      return performance.now() - startedAt
    })
    // What else the machine does may hold up some of the calls.
    expect(Math.min(...tookMs)).toBeLessThan(100)
  })
})

describe('names', () => {
  test('[NAM1] the name of a channel begins with a letter or digit and has at most 128 characters', () => {
    for (const name of ['a', '0', 'chat:general', 'A_.:~@-', 'a:', 'x'.repeat(128)])
      expect(isChannelName(name), name).toBe(true)
    for (const name of [':a', '.a', '-a', '~a', '@a', '_a', 'a+b', 'a*', 'x'.repeat(129)])
      expect(isChannelName(name), name).toBe(false)
  })

  test('[NAM3] the name of a collection is in lower case, has at most 32 characters and is not a reserved word', () => {
    for (const name of ['a', 'messages', 'a-b_c9', `a${'b'.repeat(31)}`, 'change', 'presences'])
      expect(isCollectionName(name), name).toBe(true)
    for (const name of ['A', '1a', '_a', 'a.b', `a${'b'.repeat(32)}`, 'changes', 'signals', 'presence'])
      expect(isCollectionName(name), name).toBe(false)
  })

  test('[NAM4] a record id has 1 to 128 of the allowed characters and is neither "." nor ".."', () => {
    for (const id of ['a', '-', '~', ':', '@', '...', '_', '0199a-b', 'x'.repeat(128)])
      expect(isRecordId(id), id).toBe(true)
    for (const id of ['.', '..', 'a+b', 'x'.repeat(129)]) expect(isRecordId(id), id).toBe(false)
  })

  test('[NAM5] the name of a user may contain + but not ~', () => {
    for (const user of ['a', 'ana@example.org', 'a+b', '...', 'x'.repeat(128)])
      expect(isUserName(user), user).toBe(true)
    for (const user of ['.', '..', 'a~b', 'x'.repeat(129)]) expect(isUserName(user), user).toBe(false)
  })

  test('[NAM2] the namespace is the part of the name of a channel before the first colon', () => {
    expect(namespaceOf('chat:general')).toBe('chat')
    expect(namespaceOf('chat:a:b')).toBe('chat')
    expect(namespaceOf('chat')).toBe('chat')
    expect(namespaceOf('chat:')).toBe('chat')
  })

  test('names of members of Object.prototype are treated like any other name', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(isChannelName(name)).toBe(name !== '__proto__')
      expect(isRecordId(name)).toBe(true)
      expect(isUserName(name)).toBe(true)
    }
  })

  test('an idempotency key has 1 to 128 visible ASCII characters', () => {
    for (const key of ['a', '!~"\\', 'x'.repeat(128)]) expect(isIdempotencyKey(key), key).toBe(true)
    for (const key of ['', ' ', 'a b', 'é', '\u007f', 'x'.repeat(129), 7]) expect(isIdempotencyKey(key)).toBe(false)
  })

  test('a record id needs no escaping in a URL path or in JSON', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_.:~@-]{1,128}$/), (id) => {
        fc.pre(isRecordId(id))
        expect(JSON.stringify(id)).toBe(`"${id}"`)
        expect(new URL(`http://host/v1/${id}`).pathname).toBe(`/v1/${id}`)
      }),
    )
  })
})
