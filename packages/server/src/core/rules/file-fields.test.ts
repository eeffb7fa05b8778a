import Type from 'typebox'
import { expect, test } from 'vitest'
import { fileReference } from '../../file-reference.ts'
import { fileFieldsIn, fileFieldsOf, fileIdsIn, fileMark, mayHaveFiles } from './file-fields.ts'

const schema = Type.Object({
  cover: Type.Optional(fileReference()),
  files: Type.Array(fileReference()),
  'a/b~c': Type.Object({ one: Type.Union([fileReference(), Type.Null()]) }),
  plain: { type: 'string', [fileMark]: true },
  other: Type.Object({ id: Type.String() }),
})
const paths = fileFieldsOf(schema)

test('the marked fields of a schema are found in members, lists and alternatives', () => {
  expect(paths).toEqual([['cover'], ['files', null], ['a/b~c', 'one'], ['plain']])
  expect(fileFieldsOf(undefined)).toEqual([])
})

test('what stands in them has a JSON pointer', () => {
  const data = { cover: { id: 'f1' }, files: [{ id: 'f2' }, { id: 'f1' }], 'a/b~c': { one: null }, plain: 'f3' }
  expect(fileFieldsIn({ ...data, other: { id: 'f9' } }, paths).map(({ pointer }) => pointer)).toEqual([
    '/cover',
    '/files/0',
    '/files/1',
    '/plain',
  ])
  expect(fileFieldsIn({ 'a/b~c': { one: { id: 'f4' } } }, paths)[0]?.pointer).toBe('/a~1b~0c/one')
  expect(fileIdsIn(data, paths)).toEqual(['f1', 'f2', 'f3'])
})

test('data of another shape has no files', () => {
  for (const data of [null, 1, 'f1', [], { files: 'f1' }, { cover: 1, files: { 0: { id: 'f1' } } }, { files: [{}, 1] }])
    expect(fileIdsIn(data, paths), JSON.stringify(data)).toEqual([])
})

test('data that is a list, or a reference itself, may have files, and so may a member whose name is escaped', () => {
  expect(mayHaveFiles('[{"id":"a"}]', [[null]])).toBe(true)
  expect(mayHaveFiles('"a"', [[]])).toBe(true)
  expect(mayHaveFiles('{"a\\"b":"x"}', [['a"b']])).toBe(true)
  expect(mayHaveFiles('{"text":"a"}', [['files', null]])).toBe(false)
})
