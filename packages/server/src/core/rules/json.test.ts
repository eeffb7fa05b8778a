import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutDeeper } from './json.ts'

type Json = null | number | string | readonly Json[] | { readonly [key: string]: Json }

function depthOf(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map((item) => depthOf(item as Json)))
}

function withoutDeeper(value: Json, maxDepth: number): Json {
  if (typeof value !== 'object' || value === null) return value
  if (maxDepth === 0) return null
  if (Array.isArray(value)) return value.map((item) => withoutDeeper(item, maxDepth - 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutDeeper(item, maxDepth - 1)]))
}

test('what nests deeper is cut out and the rest is kept, whatever stands in strings', () => {
  const { json } = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      fc.constant(null),
      fc.integer(),
      fc.string({ unit: fc.constantFrom('[', ']', '{', '}', '"', '\\', 'a') }),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: fc.constantFrom('[', '}', '"', '\\', 'k'), maxLength: 3 }), tie('json'), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
    ),
  }))
  fc.assert(
    fc.property(json, fc.integer({ min: 1, max: 4 }), fc.constantFrom(undefined, 2), (value, maxDepth, spaces) => {
      const text = JSON.stringify(value, null, spaces)
      const cut = cutDeeper(text, maxDepth)
      expect(cut.depth).toBe(depthOf(value))
      expect(JSON.parse(cut.text)).toEqual(withoutDeeper(value, maxDepth))
      if (cut.depth <= maxDepth) expect(cut.text).toBe(text)
    }),
    { numRuns: 300 },
  )
})

test('a text without its closing brackets stays one that can not be parsed', () => {
  for (const text of ['['.repeat(100), `${'{"a":'.repeat(100)}1`, `[[[[1]]`, '"'])
    expect(() => JSON.parse(cutDeeper(text, 3).text), text).toThrow()
})
