import { describe, expect, test } from 'vitest'
import { parseTraceContext } from './trace-context.ts'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const span = '00f067aa0ba902b7'
const valid = `00-${trace}-${span}-01`

describe('[TRC1] a traceparent', () => {
  test('is taken over with its tracestate', () => {
    expect(parseTraceContext(valid, 'rojo=1')).toEqual({ traceparent: valid, tracestate: 'rojo=1' })
    expect(parseTraceContext(valid)).toEqual({ traceparent: valid, tracestate: '' })
  })

  test('of a later version is read as far as this one goes', () => {
    for (const later of [`cc-${trace}-${span}-01`, `cc-${trace}-${span}-01-more`])
      expect(parseTraceContext(later)?.traceparent).toBe(valid)
  })

  test.each([
    undefined,
    7,
    '',
    'garbage',
    `ff-${trace}-${span}-01`,
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${trace}-${span}-01-more`,
    `00-${trace}-${span}-1`,
    `00-${trace}-${span}`,
    ` ${valid}`,
    `${valid}, ${valid}`,
    `cc-${trace}-${span}-01.more`,
    `cc-${trace}-${span}-01-${'x'.repeat(1000)}`,
  ])('%j is passed over', (text) => {
    expect(parseTraceContext(text, 'rojo=1')).toBeNull()
  })

  test.each(['x'.repeat(513), 'a=\u00e9', 'a=1\nb=2', 7])('counts without the tracestate %j', (state) => {
    expect(parseTraceContext(valid, state)).toEqual({ traceparent: valid, tracestate: '' })
  })
})
