import { expect, test } from 'vitest'
import { createColors } from './colors.ts'
import { formatTable } from './table.ts'

test('columns are as wide as their widest cell, whose colours count for nothing', () => {
  const { green } = createColors(true)
  const table = formatTable({
    head: ['', 'p50'],
    aligns: ['left', 'right'],
    rows: [
      ['websocket', '1 ms'],
      [green('sse ✓'), '12 ms'],
    ],
  })
  expect(table.split('\n')).toEqual([
    '┌───────────┬───────┐',
    '│           │   p50 │',
    '├───────────┼───────┤',
    '│ websocket │  1 ms │',
    `│ ${green('sse ✓')}     │ 12 ms │`,
    '└───────────┴───────┘',
  ])
})
