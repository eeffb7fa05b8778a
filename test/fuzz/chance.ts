/** Choices from a seed, and the values that software likes to stumble over. */
import type { SeededRandom } from 'dovetail-lab/check'

export function oneOf<Item>(dice: SeededRandom, items: readonly Item[]): Item {
  if (items.length === 0) throw new Error('there is nothing to choose from')
  return items[dice.between(0, items.length)] as Item
}

export function isLikely(dice: SeededRandom, share: number): boolean {
  return dice.next() < share
}

/** The key of an entry, chosen by its weight. */
export function byWeight<Name extends string>(dice: SeededRandom, weights: Readonly<Record<Name, number>>): Name {
  const entries = Object.entries(weights) as [Name, number][]
  let left = dice.next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [name, weight] of entries) {
    left -= weight
    if (left < 0) return name
  }
  return entries.at(-1)?.[0] as Name
}

export const oddTexts = [
  '',
  ' ',
  '.',
  '..',
  '*',
  '%',
  '0',
  '-1',
  '1e999',
  'null',
  '\u0000',
  '\ud800',
  '\u202e',
  '\ufeff',
  '\r\nX: y',
  '"',
  '\\',
  "' or 1=1 --",
  'NEAR(a b) OR col:*',
  '__proto__',
  'constructor',
  'toString',
  'é',
  '💥',
  'chat:',
  ':a',
  '0.0',
  'a.1~0',
  '/'.repeat(40),
  'a'.repeat(129),
  'x'.repeat(5000),
] as const

function nested(levels: number): unknown {
  let value: unknown = 'deep'
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

export const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  [],
  {},
  [[]],
  [null],
  { a: null },
  nested(30),
  nested(70),
  JSON.parse('{"__proto__":{"polluted":"yes"}}'),
  ...oddTexts,
]
