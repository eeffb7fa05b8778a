import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CompareResult } from 'dovetail-lab/compare'
import type { Browser } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { seriousFaults } from '../browser/support/axe.ts'
import { browsing } from '../browser/support/browser.ts'
import { picture } from '../browser/support/picture.ts'
import { runHere } from '../cli/run-here.ts'
import { runDovetail, spawnServer } from '../support/servers/spawn-server.ts'

const names = ['poll-5s', 'poll-1s', 'poll-100ms', 'poll-etag', 'long-poll', 'sse', 'websocket']
const browser = browsing()

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'dovetail-compare-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

async function compared(...args: string[]) {
  // As it runs in CI, where what is piped is plain text too.
  const { child, ended } = runDovetail(['compare', '--quick', ...args], { CI: '1' })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const { code, stdout, stderr } = await ended
  expect(code, stderr).toBe(0)
  return { stdout, stderr }
}

describe('dovetail compare', () => {
  test('prints one document with all seven, and writes a report that a browser shows', {
    timeout: 400_000,
  }, async () => {
    const file = join(await folder(), 'report.html')
    const { stdout, stderr } = await compared('--clients', '5', '--duration', '1s', '--json', '--report', file)
    const result = JSON.parse(stdout) as CompareResult
    expect(result.contenders.map(({ name }) => name)).toEqual(names)
    for (const { name, latencyMs, lost, repeated, complaints, bytes, server, requests } of result.contenders) {
      expect([name, lost, repeated, complaints]).toEqual([name, 0, 0, []])
      expect([name, latencyMs.count]).toEqual([name, 5 * result.workload.events])
      expect([name, latencyMs.histogram.reduce((sum, { count }) => sum + count, 0)]).toEqual([name, latencyMs.count])
      // Of five clients that ask every 5 s, none has to ask within the second that is measured.
      expect([name, requests > 0 || name === 'poll-5s']).toEqual([name, true])
      expect([name, bytes.down.total > 0, (server?.memoryBytes ?? 0) > 0]).toEqual([name, true, true])
    }
    expect(result.command).toBe(`dovetail compare --quick --clients 5 --duration 1s --report ${file} --json`)
    expect(result.verdict.sentences.length).toBeGreaterThan(1)
    expect(stderr).toMatch(/^[1-7]\/7 websocket +p50 /m)
    expect((await readFile(file)).length).toBeLessThan(300_000)
    for (const scheme of ['light', 'dark'] as const) await looksRight(browser(), file, scheme)
  })

  test('takes a workload of one’s own, an interval more and a price', { timeout: 300_000 }, async () => {
    const file = join(await folder(), 'mine.json')
    await writeFile(
      file,
      JSON.stringify({ name: 'mine', trace: [0, 100, 150, 900], clients: 3, writers: 0.5, payload: 90 }),
    )
    const only = ['--only', 'websocket', '--contender', 'poll:250ms', '--price', 'core=1', '--within', '2s']
    const { stdout } = await compared('--workload', file, ...only)
    expect(stdout).toMatch(/mine: 4 events as recorded of 90 bytes, written by 50 % of the clients/)
    expect(stdout).toMatch(/│ poll-250ms/)
    // On a machine that has too much else to do, the answer is that there is no verdict.
    expect(stdout).toMatch(/^(The cheapest that delivers? 99 of 100 events within 2.00 s (is|are) |No verdict: )/m)
  })

  test('[N34] a lab that is stopped for 2 s says so, and judges nothing by that run', {
    timeout: 300_000,
  }, async () => {
    const only = ['sse', 'websocket', 'long-poll'].flatMap((name) => ['--only', name])
    const args = ['compare', '--quick', ...only, '--clients', '2', '--duration', '3s', '--json']
    const { child, ended, text } = runDovetail(args, { CI: '1' })
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    // The next run begins where the one before is told of, and lasts for some 4 s. A machine that has much else to do may
    // let the lab wait between the two, and a stop there would be of no run.
    await expect.poll(() => text.stderr, { interval: 10, timeout: 120_000 }).toMatch(/^1\/3 /m)
    await sleep(1500)
    child.kill('SIGSTOP')
    await sleep(2000)
    child.kill('SIGCONT')
    const { code, stdout, stderr } = await ended
    expect(code, stderr).toBe(0)
    const { contenders, verdict } = JSON.parse(stdout) as CompareResult
    const stopped = contenders.filter(({ marks }) => marks.includes('lab-stalled'))
    expect(stopped.length).toBeGreaterThan(0)
    // It ran again, or was left out: no figure of the verdict is of the stop.
    for (const { marks, latencyMs } of stopped)
      if (!marks.includes('unreliable')) expect(latencyMs.max).toBeLessThan(1900)
    for (const { name, marks } of contenders)
      if (marks.includes('unreliable')) expect([verdict.choice, ...verdict.meets]).not.toContain(name)
  })

  const wrong: readonly (readonly [string[], RegExp])[] = [
    [['--workload', 'none'], /--workload: "none" is none of chat, prices, game, quiet, feed, nor a file/],
    [['--contender', 'poll:0ms'], /--contender: "poll:0ms" is none of poll-5s, /],
    [['--clients', '0'], /--clients: "0" is no number from 1/],
    [['--within', 'soon'], /"soon" is no duration/],
    [['--ws', 'ws://127.0.0.1:1'], /--ws needs --stamp/],
    [['--http', 'ftp://127.0.0.1'], /--http: "ftp:\/\/127.0.0.1" is no URL of that kind/],
    [['--price', 'gold=3'], /--price: "gold=3" is none of core, out, memory/],
    [['--url', 'nowhere'], /--url: "nowhere" is no http or https URL/],
  ]
  test.each(wrong)('compare %j fails with one line', async (args, message) => {
    const { exitCode, stdout, stderr } = await runHere(['compare', ...args])
    expect([exitCode, stdout, stderr.split('\n').length]).toEqual([2, '', 2])
    expect(stderr).toMatch(message)
  })

  test('measures a server that runs already, by its own metrics, as a guest of it', { timeout: 120_000 }, async () => {
    const { server } = await spawnServer()
    const url = `http://127.0.0.1:${server.port}`
    const args = ['--url', url, '--only', 'long-poll', '--clients', '2', '--duration', '1s', '--json']
    // A variable that is set to nothing is no token.
    const { exitCode, stdout } = await runHere(['compare', '--quick', ...args], { DOVETAIL_TOKEN: '' })
    const { contenders, server: measured } = JSON.parse(stdout) as CompareResult
    expect([exitCode, measured]).toEqual([0, { url, spawned: false }])
    expect(contenders).toMatchObject([
      { name: 'long-poll', lost: 0, complaints: [], server: { memoryBytesPerClient: null } },
    ])
    expect(contenders[0]?.server?.memoryBytes).toBeGreaterThan(1e7)
  })

  test('says in one line that a guest may not write there, before anything is measured', {
    timeout: 120_000,
  }, async () => {
    const { server } = await spawnServer()
    const feed = ['--workload', 'feed', '--url', `http://127.0.0.1:${server.port}`]
    const { exitCode, stdout, stderr } = await runHere(['compare', '--quick', ...feed])
    expect([exitCode, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^dovetail: a write was answered 403: .*"code":"forbidden".*\n$/m)
  })

  test('compare fails with one line where no server is', async () => {
    const { exitCode, stderr } = await runHere(['compare', '--quick', '--url', 'http://127.0.0.1:9'])
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/dovetail: no server answers at http:\/\/127.0.0.1:9\n$/),
    ])
  })
})

/** Opened from disk, with no network: its plots are drawn, nothing overflows, and nobody is kept out. */
async function looksRight(browser: Browser, file: string, colorScheme: 'light' | 'dark'): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, colorScheme, offline: true })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('requestfailed', (request) => faults.push(request.url()))
  await page.goto(`file://${file}`)
  await page.locator('#costByRate canvas').waitFor()
  // Lines that lie on each other share a name in the legend.
  const legend = (await page.locator('#costByRate .u-legend').textContent()) ?? ''
  for (const name of names) expect(legend).toContain(`${name}: `)
  expect(await inked(page.locator('#costByRate canvas'))).toBe(true)
  expect(await page.locator('.delays').count()).toBe(names.length)
  if (!(await page.locator('.lead').textContent())?.startsWith('No verdict')) {
    expect(await page.locator('.decision .spot').count()).toBe(1)
  }
  expect(await page.locator('svg .late').count()).toBeGreaterThan(0)
  expect(faults).toEqual([])
  expect(await seriousFaults(page)).toEqual([])
  await picture(page, `compare-report-${colorScheme}`)
  await page.setViewportSize({ width: 360, height: 800 })
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  await picture(page, `compare-report-${colorScheme}-narrow`)
  await page.setViewportSize({ width: 800, height: 1000 })
  await page.emulateMedia({ media: 'print' })
  await picture(page, `compare-report-${colorScheme}-print`)
}

/** Whether something in colour, and not only grey axes, was drawn. */
function inked(canvas: ReturnType<import('playwright-core').Page['locator']>): Promise<boolean> {
  return canvas.evaluate((node) => {
    const { width, height } = node as HTMLCanvasElement
    const pixels = (node as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? []
    let coloured = 0
    for (let at = 0; at < pixels.length; at += 4) {
      const [red = 0, green = 0, blue = 0] = [pixels[at], pixels[at + 1], pixels[at + 2]]
      if (Math.max(red, green, blue) - Math.min(red, green, blue) > 60) coloured++
    }
    return coloured > 100
  })
}
