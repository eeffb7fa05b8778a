import { expect, test } from 'vitest'
import { hasVisibleText } from './has-visible-text.ts'

test.each(['', ' ', '\n\n', '\u200b', '\u2800', '\u00ad\u2060', '\u3164'])(
  '[N36] the text %j has no visible character',
  (text) => {
    expect(hasVisibleText(text)).toBe(false)
  },
)

test.each(['a', ' . ', '👩‍👩‍👧', '❤\ufe0f', 'نص', '\u200b1'])('[N36] the text %j has a visible character', (text) => {
  expect(hasVisibleText(text)).toBe(true)
})
