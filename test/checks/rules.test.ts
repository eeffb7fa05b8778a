import { expect, test } from 'vitest'
import { type CheckResult, runCheck } from './run-check.ts'

/** A title that cites rules; put together here, so that the check does not read this file's own plants. */
function testCiting(ids: string, call = 'test'): string {
  return `${call}${'('}'${'['}${ids}] something holds', () => {})\n`
}

function check(page: string, tests: Record<string, string>): Promise<CheckResult> {
  return runCheck('check-rules.mjs', { files: { 'docs/protocol.md': page, ...tests } })
}

const page = '# Protocol\n| **CUR1** | cursor | opaque |\n- **CUR2** a line\n**WSK1** another\nNot a rule: **CUR9**\n'

test('rules that are all cited, and citations that all exist, pass the check', async () => {
  const tests = {
    'test/a.test.ts': testCiting('CUR1') + testCiting('CUR2, WSK1', 'test.each(table)'),
  }
  expect(await check(page, tests)).toEqual({ red: false, lines: [] })
})

test('a rule that no test cites fails the check', async () => {
  const { red, lines } = await check(page, { 'test/a.test.ts': testCiting('CUR1') + testCiting('WSK1') })
  expect(red).toBe(true)
  expect(lines[0]).toBe('CUR2: no test cites it')
})

test('a citation of an unknown rule fails the check', async () => {
  const tests = { 'test/a.test.ts': testCiting('CUR1, CUR2, WSK1') + testCiting('CUR3') }
  const { red, lines } = await check(page, tests)
  expect(red).toBe(true)
  expect(lines[0]).toBe('CUR3: cited by test/a.test.ts, declared nowhere')
})

test('a rule that is declared twice fails the check', async () => {
  const { red, lines } = await check(`${page}**CUR1** again\n`, { 'test/a.test.ts': testCiting('CUR1, CUR2, WSK1') })
  expect(red).toBe(true)
  expect(lines[0]).toBe('CUR1: declared twice')
})

test('the titles of a contract suite are rules that adapters may cite; other ids with that prefix fail the check', async () => {
  const all = { 'test/a.test.ts': testCiting('CUR1, CUR2, WSK1'), 'src/store.contract.ts': testCiting('STO1') }
  expect((await check(page, { ...all, 'src/memory.test.ts': testCiting('STO1') })).red).toBe(false)
  const { red, lines } = await check(page, { ...all, 'src/memory.test.ts': testCiting('STO2') })
  expect(red).toBe(true)
  expect(lines[0]).toBe('STO2: cited by src/memory.test.ts, declared nowhere')
})

test('a page without rules fails the check', async () => {
  expect((await check('# Protocol\n', {})).red).toBe(true)
})
