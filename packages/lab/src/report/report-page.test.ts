import { expect, test } from 'vitest'
import type { CompareResult } from '../compare/compare-result.ts'
import { contenderResult, someWorkload } from '../compare/verdict/contender-result.fixture.ts'
import { usualPrices } from '../compare/verdict/cost.ts'
import { verdictOf } from '../compare/verdict/verdict.ts'
import { reportPage } from './report-page.ts'

const hostile = '</script><script>alert(1)</script>"&'

function resultWith(command: string): CompareResult {
  const names = ['poll-1s', 'sse', 'websocket', hostile]
  const contenders = names.map((name, index) =>
    contenderResult({ name, bytesDown: 100 * (index + 1), p99: 10 * (index + 1) }),
  )
  const input = {
    workload: someWorkload,
    contenders,
    withinMs: 500,
    prices: usualPrices,
    intervals: new Map(),
    exchange: null,
  }
  return {
    command,
    seed: 1,
    machine: { node: 'v20', system: 'linux', processor: 'some', cores: 2, memoryBytes: 1e9 },
    server: { url: 'http://127.0.0.1:1', spawned: true },
    workload: someWorkload,
    contenders,
    verdict: verdictOf(input),
  }
}

test('a report is one file of less than 300 KB that asks for nothing', async () => {
  const page = await reportPage(resultWith('dovetail compare'))
  expect(Buffer.byteLength(page)).toBeLessThan(300_000)
  expect(page).not.toMatch(/<(link|img|iframe)\b|<script[^>]+src=|@import|url\(/)
})

test('no name and no command gets out of its place in the page', async () => {
  const page = await reportPage(resultWith(`dovetail compare ${hostile}`))
  expect(page).not.toContain('<script>alert')
  expect(page.match(/<script/g)).toHaveLength(3)
})
