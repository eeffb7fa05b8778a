import { expect, test } from 'vitest'
import { type CheckResult, runCheck } from './run-check.ts'

/** `<n>` stands for a substitution of a template string. */
const substitution = '$'.concat('{n}')

function check(files: Record<string, string>): Promise<CheckResult> {
  const inServer = Object.entries(files).map(([path, text]) => [
    `packages/server/src/${path}`,
    text.replaceAll('<n>', substitution),
  ])
  return runCheck('check-wire.mjs', { files: Object.fromEntries(inServer) })
}

test.each([
  ['a template string', 'export const text = (n: number) => `{"n":<n>}`'],
  ['a member in a template string', 'export const text = (n: number) => `,"n":<n>`'],
  ['a member whose value is text', 'export const text = (n: string) => `"op":"changes","n":"<n>"`'],
  ['the end of an object that was begun elsewhere', 'export const text = (n: string) => `<n>"}`'],
  ['a text', `export const text = '{"ok":true}'`],
])('JSON by hand in the server is red: %s', async (_title, code) => {
  const { red, lines } = await check({ 'core/a.ts': code })
  expect(red).toBe(true)
  expect(lines[0]).toContain('packages/server/src/core/a.ts:1:')
})

test('JSON in wire/, in tests and in a store’s scripts is not, nor other texts with quotes and braces', async () => {
  const json = 'export const text = (n: number) => `{"n":<n>}`'
  const files = {
    'wire/a.ts': json,
    'core/a.test.ts': json,
    'ports/a.contract.ts': json,
    'stores/redis/scripts/a.ts': json,
    'core/b.ts': 'export const text = (n: string) => `There is no record "<n>" in "<n>": <n>`',
    'core/c.ts': 'export const text = JSON.stringify({ ok: true })',
  }
  expect(await check(files)).toEqual({ red: false, lines: [] })
})

test('a folder without a server is red: nothing was looked at', async () => {
  expect((await check({ 'notes.md': '' })).red).toBe(true)
})
