import { expect, test } from 'vitest'
import { looksMarked } from './looks-marked.ts'

test.each(['hello', 'one\ntwo', '3 of 4, really: (yes) & "no"!', '🎉', 'a < b > c', 'نص'])('%j is plain', (text) => {
  expect(looksMarked(text)).toBe(false)
})

test.each(['**b**', '`x`', '# title', 'one\n- two', '> said', '1. first', 'https://a.b', 'me@a.b', '| a |'])(
  '%j is marked',
  (text) => {
    expect(looksMarked(text)).toBe(true)
  },
)
