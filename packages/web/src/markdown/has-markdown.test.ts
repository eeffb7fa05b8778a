import { expect, test } from 'vitest'
import { hasMarkdown } from './has-markdown.ts'

test.each(['hello', 'one\ntwo', '3 of 4, really: (yes) & "no"!', '🎉', 'a < b > c', 'نص'])(
  'the text %j is plain',
  (text) => {
    expect(hasMarkdown(text)).toBe(false)
  },
)

test.each(['**b**', '`x`', '# title', 'one\n- two', '> said', '1. first', 'https://a.b', 'me@a.b', '| a |'])(
  'the text %j has Markdown',
  (text) => {
    expect(hasMarkdown(text)).toBe(true)
  },
)
