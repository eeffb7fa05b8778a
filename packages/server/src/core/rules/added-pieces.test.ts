import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addedPieces } from './added-pieces.ts'
import { appended, grownText } from './append.ts'

const added = (before: unknown, after: unknown) => addedPieces(JSON.stringify(before), JSON.stringify(after))

test('[APP10] text at the end of strings is found, wherever they stand', () => {
  expect(added({ text: 'a' }, { text: 'ab' })).toEqual([{ path: '/text', at: 1, value: 'b' }])
  expect(added({ 'a/b~': ['x', { y: '' }], n: 1 }, { 'a/b~': ['x', { y: '😀' }], n: 1 })).toEqual([
    { path: '/a~1b~0/1/y', at: 0, value: '😀' },
  ])
  expect(addedPieces('{"__proto__":"a"}', '{"__proto__":"ab"}')).toEqual([{ path: '/__proto__', at: 1, value: 'b' }])
  expect(added('a', 'a')).toEqual([])
})

test('[APP10] anything else is no append', () => {
  const others = [{ text: 'b' }, { text: 'a', more: '' }, {}, { text: 1 }, { text: null }, { text: ['a'] }, ['a'], 'a']
  for (const other of others) expect(added({ text: 'a' }, other)).toBeNull()
  expect(added({ text: 'ab', n: 1 }, { text: 'a', n: 1 })).toBeNull()
  expect(added({ n: 1 }, { n: 2 })).toBeNull()
})

test('[APP10] what is found makes the later state of the earlier one', () => {
  const texts = fc.dictionary(fc.string(), fc.string({ unit: 'grapheme' }), { maxKeys: 4 })
  fc.assert(
    fc.property(texts, fc.array(fc.string({ unit: 'grapheme' })), (data, values) => {
      const paths = Object.keys(data).map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
      const operations = values.flatMap((value, index) => {
        const path = paths[index % paths.length]
        return path === undefined ? [] : [{ op: 'append' as const, path, value }]
      })
      const before = JSON.stringify(data)
      const after = JSON.stringify(appended(JSON.parse(before), operations).data)
      expect(grownText(before, addedPieces(before, after) ?? [])).toBe(after)
    }),
  )
})
