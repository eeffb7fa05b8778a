import { expect, test } from 'vitest'
import { colorsFor } from './colors.ts'
import type { OutputName } from './terminal.ts'

const pipes = () => null
const terminals = () => 80
const onlyStderr = (stream: OutputName) => (stream === 'stderr' ? 80 : null)

const cases: readonly (readonly [string, Record<string, string>, (stream: OutputName) => number | null, string])[] = [
  ['a pipe', {}, pipes, 'plain'],
  ['a pipe, in CI', { CI: 'true', GITHUB_ACTIONS: 'true' }, pipes, 'plain'],
  ['a pipe, colour forced', { FORCE_COLOR: '1' }, pipes, 'colour'],
  ['a pipe, colour forced off', { FORCE_COLOR: '0' }, terminals, 'plain'],
  ['a terminal', { TERM: 'xterm-256color' }, terminals, 'colour'],
  ['a terminal that can show none', { TERM: 'dumb' }, terminals, 'plain'],
  ['a terminal, none wanted', { NO_COLOR: '1', FORCE_COLOR: '1' }, terminals, 'plain'],
  ['a terminal, nothing said', { NO_COLOR: '', FORCE_COLOR: '' }, terminals, 'colour'],
  ['a pipe beside a terminal', {}, onlyStderr, 'plain'],
]

test.each(cases)('%s', (_name, environment, columns, seen) => {
  const red = colorsFor({ environment, columns }, 'stdout').red('x')
  expect(red).toBe(seen === 'colour' ? '\x1b[31mx\x1b[39m' : 'x')
})

test('colours are decided for each stream separately', () => {
  expect(colorsFor({ environment: {}, columns: onlyStderr }, 'stderr').red('x')).toBe('\x1b[31mx\x1b[39m')
})
