import { expect, test } from 'vitest'
import { type CheckResult, runCheck } from './run-check.ts'

function check(files: Record<string, string>, exceptions: object = { files: {}, functions: {} }): Promise<CheckResult> {
  return runCheck('check-sizes.mjs', {
    files: { ...files, 'scripts/size-exceptions.json': JSON.stringify(exceptions) },
  })
}

function functionOf(lines: number): string {
  return `export function long() {\n${'  void 0\n'.repeat(lines - 2)}}\n`
}

const comments = (lines: number): string => '// a line\n'.repeat(lines)

test('a file of 300 lines and a function of 50 are within the budget', async () => {
  expect(await check({ 'src/a.ts': comments(300), 'src/b.ts': functionOf(50) })).toEqual({ red: false, lines: [] })
})

test('a file or a function over the budget fails the check, and is named', async () => {
  const { red, lines } = await check({ 'src/a.ts': comments(301), 'src/b.ts': functionOf(51) })
  expect(red).toBe(true)
  expect(lines).toEqual([
    'src/a.ts: 301 lines, over 300',
    'src/b.ts long: 51 lines, over 50',
    '2 over the budget of sizes',
  ])
})

test('a folder of more than 20 source files fails the check; its tests count, its sub-folders do not', async () => {
  const files = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`src/room/${index}.test.ts`, 'void 0\n']))
  expect((await check({ ...files(20), 'src/room/inner/a.ts': 'void 0\n' })).red).toBe(false)
  const { red, lines } = await check(files(21))
  expect(red).toBe(true)
  expect(lines[0]).toBe('src/room: 21 source files, over 20')
})

test('the size check counts arrow functions, methods and test bodies, but no describe', async () => {
  const body = 'void 0\n'.repeat(50)
  const { lines } = await check({
    'src/arrow.ts': `export const arrow = () => {\n${body}}\n`,
    'src/method.ts': `export class Thing {\n  method() {\n${body}}\n}\n`,
    'src/body.test.ts': `describe('all', () => {\n  test('long', () => {\n${body}})\n})\n`,
  })
  expect(lines).toEqual([
    'src/arrow.ts arrow: 52 lines, over 50',
    'src/body.test.ts test: 52 lines, over 50',
    'src/method.ts method: 52 lines, over 50',
    '3 over the budget of sizes',
  ])
})

test('an exception with a reason passes the size check; one that nothing needs fails it', async () => {
  const exceptions = { files: { 'src/a.ts': 'a table' }, functions: {} }
  expect((await check({ 'src/a.ts': comments(301) }, exceptions)).red).toBe(false)
  const { red, lines } = await check({ 'src/a.ts': comments(300) }, exceptions)
  expect(red).toBe(true)
  expect(lines[0]).toBe('src/a.ts: an exception that nothing needs')
})
