import { expect, test } from 'vitest'
import { parseGrant } from './parse-grant.ts'

test('a grant is a channel pattern and rights, each once', () => {
  expect(parseGrant('chat:*=read, write,read')).toEqual({ channel: 'chat:*', can: ['read', 'write'] })
})

test.each(['', '=read', 'chat:*', 'chat:*=', 'chat:*=fly', 'chat:*=read,', 'a b=read', 'chat=read=write'])(
  '"%s" is refused in one sentence that names the flag',
  (text) => {
    expect(() => parseGrant(text)).toThrow(/^--grant: /)
  },
)
