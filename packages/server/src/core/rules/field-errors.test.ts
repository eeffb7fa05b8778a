import Type, { type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { expect, test } from 'vitest'
import { fieldErrors } from './field-errors.ts'

/** What is said of a field `f` of this schema that holds this value. */
function said(schema: TSchema, value: unknown): string[] {
  const object = Type.Object({ f: schema }, { additionalProperties: false })
  const found = fieldErrors(Compile(object).Errors(value === undefined ? {} : { f: value }))
  return found.map(({ pointer, message }) => (pointer === '/f' ? message : `${pointer}: ${message}`))
}

test.each<[TSchema, unknown, string]>([
  [Type.String({ minLength: 1 }), '', 'Write at least 1 character.'],
  [Type.String({ minLength: 2 }), '', 'Write at least 2 characters.'],
  [Type.String({ maxLength: 1 }), 'ab', 'Write at most 1 character.'],
  [Type.String({ maxLength: 8000 }), 'a'.repeat(8001), 'Write at most 8,000 characters.'],
  [Type.String(), undefined, 'This field is required.'],
  [Type.String({ minLength: 1 }), 7, 'This must be text.'],
  [Type.Integer({ minimum: 1, maximum: 5 }), 0, 'This must be 1 or more.'],
  [Type.Integer({ minimum: 1, maximum: 5 }), 6, 'This must be 5 or less.'],
  [Type.Integer({ minimum: 1, maximum: 5 }), 6.5, 'This must be a whole number.'],
  [Type.Number({ exclusiveMinimum: 0 }), 0, 'This must be more than 0.'],
  [Type.Number({ exclusiveMaximum: 1 }), 1, 'This must be less than 1.'],
  [Type.Number({ multipleOf: 5 }), 7, 'This must be a multiple of 5.'],
  [Type.Array(Type.String(), { minItems: 1 }), [], 'Give at least 1 entry.'],
  [Type.Array(Type.String(), { maxItems: 2 }), ['a', 'b', 'c'], 'Give at most 2 entries.'],
  [Type.Array(Type.String(), { uniqueItems: true }), ['a', 'a'], 'No entry may be given twice.'],
  [Type.Object({}, { minProperties: 1 }), {}, 'Give at least 1 field.'],
  [Type.Boolean(), 'yes', 'This must be true or false.'],
  [Type.Literal('owner'), 'king', 'This must be "owner".'],
  [Type.Enum(['up', 'down', 'left']), 'back', 'This must be "up", "down" or "left".'],
  [Type.Union([Type.Literal('owner'), Type.Literal('member')]), 'king', 'This must be "owner" or "member".'],
  [Type.Union([Type.String(), Type.Null()]), 7, 'This must be text or null.'],
  [Type.Union([Type.Object({ a: Type.String() }), Type.Null()]), {}, 'This has none of the forms that it may have.'],
  [Type.String({ pattern: '^a' }), 'b', 'This does not have the form that it must have.'],
  [Type.String({ format: 'email' }), 'b', 'This is no e-mail address.'],
  [Type.String({ format: 'date' }), 'b', 'This is no valid date.'],
])('%j with %j', (schema, value, sentence) => {
  expect(said(schema, value)).toEqual([sentence])
})

test('fields in fields have pointers of their own, escaped', () => {
  const inner = Type.Object({ 'a/b~c': Type.String() }, { additionalProperties: false })
  expect(said(inner, { extra: 1 })).toEqual([
    '/f/a~1b~0c: This field is required.',
    '/f/extra: There is no such field here.',
  ])
})

test('a condition that is not met is told by what it wants, and by itself where that says nothing', () => {
  const parts = { a: Type.Optional(Type.String()), b: Type.Optional(Type.String()) }
  const wanting = (more: object) => Type.Object(parts, { if: { required: ['a'] }, ...more })
  expect(said(wanting({ else: { properties: { b: { minLength: 1 } } } }), { b: '' })).toEqual([
    '/f/b: Write at least 1 character.',
  ])
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  const never = { then: false }
  expect(said(wanting(never), { a: '' })).not.toEqual([])
})

test('a field that no value fits is refused', () => {
  expect(said(Type.Unsafe({ properties: { old: false } }), { old: 1 })).toEqual(['/f/old: This may not be here.'])
})
