import { expect, test } from 'vitest'
import type { CompareResult } from '../compare/compare-result.ts'
import { candidateResult, someWorkload } from '../compare/results/candidate-result.fixture.ts'
import { defaultPrices } from '../compare/verdict/cost.ts'
import { verdictOf } from '../compare/verdict/verdict.ts'
import { plotsOf } from './plot-data.ts'
import { reportPage } from './report-page.ts'

const hostile = '</script><script>alert(1)</script>"&'

function resultWith(command: string): CompareResult {
  const names = ['poll-1s', 'sse', 'websocket', hostile]
  const contenders = names.map((name, index) =>
    candidateResult({
      name,
      kind: name.startsWith('poll') ? 'poll' : 'push',
      bytesDown: 100 * (index + 1),
      p99: 10 * (index + 1),
    }),
  )
  const input = {
    workload: someWorkload,
    candidates: contenders,
    withinMs: 500,
    prices: defaultPrices,
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

test('names and commands are escaped in the report', async () => {
  const page = await reportPage(resultWith(`dovetail compare ${hostile}`))
  expect(page).not.toContain('<script>alert')
  expect(page.match(/<script/g)).toHaveLength(3)
})

test('the decision comes before the figures: a row for each patience, cut where another way becomes the cheapest', async () => {
  const { verdict, ...result } = resultWith('dovetail compare')
  const page = await reportPage({ ...result, verdict })
  expect(page.indexOf('class="decision"')).toBeLessThan(page.indexOf('What was measured'))
  // Of those pushes that are all soon enough, one costs the least idle and for an event.
  expect(page).toContain('aria-label="within 500 ms: sse"')
  expect(page.match(/class="spot"/g)).toHaveLength(1)
  const none = await reportPage({ ...result, verdict: { ...verdict, decision: null } })
  expect(none).not.toContain('class="decision"')
})

test('lines that are nowhere a tenth apart are drawn as one, under both names', () => {
  const { contenders, ...result } = resultWith('dovetail compare')
  const twin = candidateResult({ name: 'twin', kind: 'push', bytesDown: 205 })
  const { costByRate } = plotsOf({ ...result, contenders: [...contenders, twin] })
  expect(costByRate.lines.map(({ name }) => name).filter((name) => /sse|twin/.test(name))).toEqual([
    expect.stringMatching(/^sse: .* here; twin: .* here$/),
  ])
})
