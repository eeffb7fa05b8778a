import { describe, expect, test } from 'vitest'
import { advanced } from '../../ports/backbone.fixture.ts'
import { decodeNotification, encodeNotification } from './notification-text.ts'

const whole = encodeNotification({ node: 'n1', notification: advanced('chat:a', 7, ['one', 'two', 'gone']) })

/** A notification with two changes, one of them a tombstone, with its parts changed by the test. */
function changed(change: (parts: unknown[], rows: unknown[][]) => void): string {
  const parts = JSON.parse(whole) as unknown[]
  change(parts, parts[6] as unknown[][])
  return JSON.stringify(parts)
}

function row(index: number, value: unknown): string {
  return changed((_parts, rows) => rows[0]?.splice(index, 1, value))
}

describe('a text that is not a notification of this version is ignored', () => {
  test('a notification is decoded as it was encoded', () => {
    expect(decodeNotification(whole)).toEqual({
      node: 'n1',
      notification: advanced('chat:a', 7, ['one', 'two', 'gone']),
    })
    expect(decodeNotification(changed(() => {}))).not.toBeNull()
  })

  test('[APP10] what was appended is decoded, with the data or in place of it', () => {
    const { changes, ...rest } = advanced('chat:a', 7, ['one'])
    const growth = { from: 5, pieces: [{ path: '/text', at: 3, value: 'é' }] }
    for (const data of ['{"text":"oneé"}', '']) {
      const notification = { ...rest, changes: changes.map((change) => ({ ...change, data, growth })) }
      expect(decodeNotification(encodeNotification({ node: 'n1', notification }))).toEqual({ node: 'n1', notification })
    }
  })

  test('that no membership changed is decoded where it is said', () => {
    const notification = { ...advanced('chat:a', 7, []), membersUnchanged: true } as const
    const text = encodeNotification({ node: 'n1', notification })
    expect(decodeNotification(text)).toEqual({ node: 'n1', notification })
    expect(decodeNotification(text.replace(/true\]$/, '1]'))?.notification).toEqual(advanced('chat:a', 7, []))
  })

  test('[TRC3] traces are decoded as they were encoded; one that is not valid is left out', () => {
    const context = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'rojo=1' }
    const notification = { ...advanced('chat:a', 7, ['one']), traces: [{ first: 7, last: 7, context }] } as const
    const text = encodeNotification({ node: 'n1', notification })
    expect(decodeNotification(text)).toEqual({ node: 'n1', notification })
    for (const wrong of [
      text.replace('00-aa', '00-AA'),
      text.replace('[[7,7,', '[["7",7,'),
      text.replace(/,\[\[7,7.*$/, ',7]'),
    ])
      expect(decodeNotification(wrong)?.notification).toEqual(advanced('chat:a', 7, ['one']))
  })

  test.each([
    ['text that is not JSON', '{'],
    ['another shape', '{"kind":"dropped","channel":"chat:a"}'],
    ['another version', changed((parts) => parts.splice(0, 1, 2))],
    ['no node', changed((parts) => parts.splice(1, 1, null))],
    ['an unknown kind', changed((parts) => parts.splice(2, 1, 'toll'))],
    ['an invalid name', changed((parts) => parts.splice(3, 1, 'chat:"'))],
    ['an invalid epoch', changed((parts) => parts.splice(4, 1, 'e.1'))],
    ['a head that is not a whole number', changed((parts) => parts.splice(5, 1, 7.5))],
    ['a head that is not that of its last change', changed((parts) => parts.splice(5, 1, 8))],
    ['changes that are not a list', changed((parts) => parts.splice(6, 1, {}))],
    ['a gap between changes', changed((_parts, rows) => rows.splice(1, 1))],
    ['a change that is not a row', changed((_parts, rows) => rows.splice(0, 1, 'row' as never))],
    ['an invalid collection name', row(0, 'Messages')],
    ['an id that would end a string', row(1, 'a","b')],
    ['a place after its revision', row(2, 6)],
    ['an invalid author', row(4, 'a b')],
    ['a time that no date has', row(5, 1e300)],
    ['deleted, with data', row(7, true)],
    ['data that is not JSON', row(8, '{"a":')],
    ['data with a line break', row(8, '{\n}')],
    ['no data and no piece', row(8, '')],
    ['a piece without a beginning', changed((_parts, rows) => rows[0]?.splice(8, 1, '', null, [['/a', 0, 'b']]))],
    ['a piece on a later revision', changed((_parts, rows) => rows[0]?.splice(8, 1, '', 9, [['/a', 0, 'b']]))],
    ['no pieces', changed((_parts, rows) => rows[0]?.splice(8, 1, '', 1, []))],
    ['a piece that is no piece', changed((_parts, rows) => rows[0]?.splice(8, 1, '', 1, [['/a', '0', 'b']]))],
  ])('%s', (_what, text) => {
    expect(decodeNotification(text)).toBeNull()
  })

  test.each([
    ['a name that is none', { name: '' }],
    ['a name that is too long', { name: 'n'.repeat(129) }],
    ['a version that is no text', { version: 1 }],
    ['a start that no date has', { startedAt: 1e300 }],
    ['a state that is neither', { isLeaving: 'no' }],
    ['half a reader', { readers: 0.5 }],
    ['a rate below nothing', { writesPerSecond: -1 }],
    ['a lag that is no number', { lagMs: '3' }],
    ['more than all of the time', { busyShare: 1.5 }],
    ['no memory', { memoryBytes: undefined }],
  ])('a report of a node with %s', (_what, changes) => {
    const figures = { connections: 1, readers: 1, readersBehind: 0, channels: 1, writesPerSecond: 1 }
    const report = {
      ...{ name: 'host:4600', version: '1.0.0', startedAt: 1, isLeaving: false },
      ...{ ...figures, framesPerSecond: 2.5, lagMs: 0.5, memoryBytes: 9, busyShare: 1 },
    }
    const textOf = (of: object) => JSON.stringify([1, 'n1', 'node', of])
    expect(decodeNotification(textOf({ ...report, more: 1 }))?.notification).toEqual({ kind: 'node', report })
    expect(decodeNotification(textOf({ ...report, ...changes }))).toBeNull()
  })

  test('the data of a signal is checked when it is decoded', () => {
    const signal = { kind: 'signal', channel: 'chat:a', type: 't', data: '1', user: null } as const
    const parts = JSON.parse(encodeNotification({ node: 'n', notification: signal })) as unknown[]
    expect(decodeNotification(JSON.stringify(parts))?.notification).toEqual(signal)
    for (const [index, value] of [
      [3, ''],
      [4, 'a"b'],
      [5, '}'],
      [6, 'a"b'],
    ] as const) {
      expect(decodeNotification(JSON.stringify(parts.with(index, value)))).toBeNull()
    }
  })
})
