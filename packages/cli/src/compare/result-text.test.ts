import { readFile } from 'node:fs/promises'
import type { CompareResult } from 'dovetail-lab/compare'
import { expect, test } from 'vitest'
import { createColors } from '../terminal/colors.ts'
import { resultText } from './result-text.ts'

const kept = new URL('../../../../docs/compare/chat.json', import.meta.url)

test.each([
  [80, ['p50', 'p99', 'CPU/event', 'cost', 'lost'], ['max', 'late']],
  [100, ['p50', 'p99', 'memory', 'cost'], ['max', 'late']],
  [null, ['p50', 'p90', 'p99', 'max', 'requests', 'empty', 'B/s client', 'memory', 'late'], []],
])('at %s columns the table has as many as there is room for, in colour or without', async (columns, shown, left) => {
  const result = JSON.parse(await readFile(kept, 'utf8')) as CompareResult
  for (const isColored of [false, true]) {
    const lines = resultText(result, createColors(isColored), columns).split('\n')
    const top = lines.findIndex((line) => line.startsWith('┌'))
    if (columns !== null) expect(lines[top]?.length).toBeLessThanOrEqual(columns)
    const heads = (lines[top + 1] ?? '').split('│').map((head) => head.trim())
    expect(heads).toEqual(expect.arrayContaining(shown))
    for (const head of left) expect(heads).not.toContain(head)
  }
})
