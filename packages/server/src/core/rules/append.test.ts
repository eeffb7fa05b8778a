import fc from 'fast-check'
import { expect, test } from 'vitest'
import { appended, grownText } from './append.ts'
import { escapePointer } from './json.ts'

const operation = (path: string, value: string) => ({ op: 'append' as const, path, value })

test('[APP1] text is appended to a string at any depth, and to data that is one string', () => {
  const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '~', '/', '~1', '', '0'))
  fc.assert(
    fc.property(fc.array(key), fc.string(), fc.string(), (keys, text, more) => {
      const data = (end: string) =>
        JSON.parse(keys.reduceRight((inner, each) => `{${JSON.stringify(each)}:${inner}}`, JSON.stringify(end)))
      const path = keys.map((each) => `/${escapePointer(each)}`).join('')
      const pieces = [{ path, at: text.length, value: more }]
      expect(appended(data(text), [operation(path, more)])).toEqual({ data: data(text + more), errors: [], pieces })
      expect(grownText(JSON.stringify(data(text)), pieces)).toBe(JSON.stringify(data(text + more)))
    }),
  )
})

test('[APP3] a path that leads to no string is an error, and the others are done', () => {
  const paths = [
    '/none',
    '/list',
    '/list/-',
    '/list/00',
    '/list/1',
    '/list/length',
    '/text/0',
    'text',
    '/~2',
    '/__proto__/x',
  ]
  const { data, errors } = appended(
    { text: 'a', list: ['b'] },
    [...paths, '/text', '/list/0'].map((path) => operation(path, '!')),
  )
  expect(errors.map(({ pointer }) => pointer)).toEqual(paths)
  expect(data).toEqual({ text: 'a!', list: ['b!'] })
})
