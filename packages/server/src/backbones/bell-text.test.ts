import { describe, expect, test } from 'vitest'
import { advanced } from '../ports/backbone.fixture.ts'
import { decodeBell, encodeBell } from './bell-text.ts'

const whole = encodeBell({ node: 'n1', bell: advanced('chat:a', 7, ['one', 'two', 'gone']) })

/** The parts of a bell with two changes of which one is a tombstone, changed by hand. */
function changed(change: (parts: unknown[], rows: unknown[][]) => void): string {
  const parts = JSON.parse(whole) as unknown[]
  change(parts, parts[6] as unknown[][])
  return JSON.stringify(parts)
}

function row(index: number, value: unknown): string {
  return changed((_parts, rows) => rows[0]?.splice(index, 1, value))
}

describe('what is no bell is not heard', () => {
  test('a bell comes out as it went in', () => {
    expect(decodeBell(whole)).toEqual({ node: 'n1', bell: advanced('chat:a', 7, ['one', 'two', 'gone']) })
    expect(decodeBell(changed(() => {}))).not.toBeNull()
  })

  test.each([
    ['no JSON', '{'],
    ['another shape', '{"kind":"dropped","channel":"chat:a"}'],
    ['another version', changed((parts) => parts.splice(0, 1, 2))],
    ['no node', changed((parts) => parts.splice(1, 1, null))],
    ['an unknown kind', changed((parts) => parts.splice(2, 1, 'toll'))],
    ['a name that is none', changed((parts) => parts.splice(3, 1, 'chat:"'))],
    ['an epoch that is none', changed((parts) => parts.splice(4, 1, 'e.1'))],
    ['a head that is no count', changed((parts) => parts.splice(5, 1, 7.5))],
    ['a head that is not that of its last change', changed((parts) => parts.splice(5, 1, 8))],
    ['changes that are no list', changed((parts) => parts.splice(6, 1, {}))],
    ['a hole between changes', changed((_parts, rows) => rows.splice(1, 1))],
    ['a change that is no row', changed((_parts, rows) => rows.splice(0, 1, 'row' as never))],
    ['a collection that is none', row(0, 'Messages')],
    ['an id that would end a string', row(1, 'a","b')],
    ['a place after its revision', row(2, 6)],
    ['an author that is none', row(4, 'a b')],
    ['a time that no date has', row(5, 1e300)],
    ['deleted, with data', row(7, true)],
    ['data that is no JSON', row(8, '{"a":')],
    ['data with a line break', row(8, '{\n}')],
  ])('%s', (_what, text) => {
    expect(decodeBell(text)).toBeNull()
  })

  test('a signal is checked too', () => {
    const signal = { kind: 'signal', channel: 'chat:a', type: 't', data: '1', user: null } as const
    const parts = JSON.parse(encodeBell({ node: 'n', bell: signal })) as unknown[]
    expect(decodeBell(JSON.stringify(parts))?.bell).toEqual(signal)
    for (const [index, value] of [
      [3, ''],
      [4, 'a"b'],
      [5, '}'],
      [6, 'a"b'],
    ] as const) {
      expect(decodeBell(JSON.stringify(parts.with(index, value)))).toBeNull()
    }
  })
})
