import { expect, test } from 'vitest'
import { type CheckResult, runCheck } from './run-check.ts'

function check(packages: object): Promise<CheckResult> {
  const lock = { packages: { '': { name: 'root' }, 'packages/ours': {}, ...packages } }
  return runCheck('release/check-licences.mjs', { files: { 'package-lock.json': JSON.stringify(lock) } })
}

test('licences that are allowed, alone or as a choice, pass, and so does an install script that is listed', async () => {
  const packages = {
    'node_modules/ours': { link: true },
    'node_modules/a': { license: 'MIT' },
    'node_modules/b/node_modules/@x/c': { license: '(GPL-3.0 OR Apache-2.0)' },
    'node_modules/esbuild': { license: 'MIT', hasInstallScript: true },
  }
  expect(await check(packages)).toEqual({ red: false, lines: [] })
})

test('another licence, none, one of several that all count, and a new install script are named', async () => {
  const packages = {
    'node_modules/a': { license: 'GPL-3.0' },
    'node_modules/b': {},
    'node_modules/c': { license: 'MIT AND AGPL-3.0' },
    'node_modules/a/node_modules/@x/d': { license: 'ISC', hasInstallScript: true },
  }
  expect(await check(packages)).toEqual({
    red: true,
    lines: [
      'node_modules/a/node_modules/@x/d: it runs a script when it is installed',
      'node_modules/a: its licence is GPL-3.0',
      'node_modules/b: its licence is not told',
      'node_modules/c: its licence is MIT AND AGPL-3.0',
      '4 installed packages need a decision',
    ],
  })
})

test('a lock file that installs nothing is no proof', async () => {
  expect(await check({})).toEqual({ red: true, lines: ['package-lock.json installs nothing'] })
})
