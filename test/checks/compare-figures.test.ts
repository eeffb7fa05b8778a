import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { readKeptRuns, renderFigures } from '../../scripts/compare/figures.mjs'
import { measureNoise, refusal } from '../../scripts/compare/noise.mjs'

const folder = fileURLToPath(new URL('../../docs/compare', import.meta.url))
const page = readFile(`${folder}.md`, 'utf8')

test('the figures of docs/compare.md are those of the runs that are kept (node scripts/compare/write-figures.mjs)', async () => {
  expect(await page).toBe(renderFigures(await page, await readKeptRuns(folder)))
})

test('a kept run that changes makes the page another one, in its table, its verdict and the summary', async () => {
  const kept = await readKeptRuns(folder)
  const { chat } = kept
  const contenders = chat.contenders.map((way) =>
    way.name === 'sse' ? { ...way, latencyMs: { ...way.latencyMs, p50: 77.7 } } : way,
  )
  const changed = { ...chat, contenders, verdict: { ...chat.verdict, sentences: ['Another verdict.'] } }
  const other = renderFigures(await page, { ...kept, chat: changed })
  expect(other).toContain('| `sse` | 78 ms |')
  expect(other).toContain('- Another verdict.')
  expect(other).toMatch(/`chat`: 78 ms instead of /)
})

test('the page says how noisy the machine was, and that it is not known where nobody measured it', async () => {
  const kept = await readKeptRuns(folder)
  const noise = { busyCores: 0.031, spinSpread: 0.042, longestPauseMs: 3.5 }
  expect(renderFigures(await page, { ...kept, noise })).toMatch(
    /kept 0\.031 cores busy, .*4\.2 % longer.* 3\.5 ms late/,
  )
  expect(renderFigures(await page, { ...kept, noise: null })).toContain('its noise was not measured')
})

test('the table of effort counts the lines of code of the files that it names', async () => {
  const { effort } = await readKeptRuns(folder)
  const text = await readFile(`${folder}/../../examples/node/follow.mjs`, 'utf8')
  const code = text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//'))
  expect(effort.find(({ file }) => file === 'examples/node/follow.mjs')?.lines).toBe(code.length)
  for (const { file, lines } of effort) expect([file, lines]).toEqual([file, expect.toSatisfy((n: number) => n > 20)])
})

test('runs are refused on a machine that does other work, whose work varies, or whose timers come late', () => {
  const quiet = { busyCores: 0.05, spinSpread: 0.1, longestPauseMs: 5 }
  expect(refusal(quiet)).toBeNull()
  expect(refusal({ ...quiet, busyCores: 1.5 })).toMatch(/other programs keep 1\.50 cores busy/)
  expect(refusal({ ...quiet, spinSpread: 0.8 })).toMatch(/up to 80 % longer/)
  expect(refusal({ ...quiet, longestPauseMs: 400 })).toMatch(/a timer came 400 ms late/)
})

test('a process that keeps a core busy shows in the measured noise', { timeout: 60_000 }, async () => {
  // Worker threads are seen as work of the machine like any other process.
  const worker = new Worker('for (;;);', { eval: true })
  const { busyCores } = await measureNoise().finally(() => worker.terminate())
  expect(busyCores).toBeGreaterThan(0.3)
})
