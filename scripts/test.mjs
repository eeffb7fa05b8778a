/**
 * `npm test`: installs what the tests need, builds, checks, and runs every test.
 * `npm test -- PATH…`: only the tests under PATH, without the checks. Arguments are vitest's.
 * `npm test -- --clock 2028-02-29T23:30`: as if it were that local time now, which `TZ` places (scripts/clock).
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from './build.mjs'
import { install } from './install.mjs'
import { root, run, runScript, StepFailure, step } from './steps.mjs'
import { systemPackages } from './system-packages.mjs'

const { clock, args } = withoutClock(process.argv.slice(2))

await runScript(async () => {
  const clockSettings = clockEnv()
  await systemPackages()
  await install('test')
  await build()
  const failedChecks = args.length === 0 ? await failedOf(() => step('checking', runChecks)) : 0
  const { passed, failed } = await runVitest(clockSettings)
  process.stdout.write(`\n${passed} passed, ${failed + failedChecks} failed\n`)
  if (failed + failedChecks > 0 || passed === 0) process.exitCode = 1
})

/**
 * Takes `--clock TIME` out of the arguments.
 * @param {readonly string[]} given
 * @returns {{ clock: string | null, args: readonly string[] }}
 */
function withoutClock(given) {
  const at = given.indexOf('--clock')
  if (at < 0) return { clock: null, args: given }
  return { clock: given[at + 1] ?? '', args: given.toSpliced(at, 2) }
}

/** The environment that moves the clock of every Node process. */
function clockEnv() {
  if (clock === null) return {}
  const shiftMs = Date.parse(clock) - Date.now()
  if (Number.isNaN(shiftMs)) throw new StepFailure('--clock needs a time such as 2028-02-29T23:30')
  return {
    CLOCK_SHIFT_MS: String(shiftMs),
    NODE_OPTIONS: `--import=${pathToFileURL(join(root, 'scripts/clock/preload.mjs')).href}`,
  }
}

function runChecks() {
  return run(process.execPath, ['scripts/check.mjs'], { output: 'as it comes' })
}

/**
 * Runs a step and returns 1 if it failed, else 0: tests run although a check failed, so that one run shows everything.
 * @param {() => Promise<void>} run
 */
async function failedOf(run) {
  try {
    await run()
    return 0
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    return 1
  }
}

/** @param {NodeJS.ProcessEnv} clockSettings */
async function runVitest(clockSettings) {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-test-'))
  const file = join(folder, 'counts.json')
  const command = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=scripts/count-reporter.mjs',
  ]
  try {
    const failedRun = await failedOf(() =>
      run(process.execPath, [...command, ...args], {
        output: 'as it comes',
        env: { ...testEnv(file), ...clockSettings },
      }),
    )
    const counts = await readFile(file, 'utf8').then(JSON.parse, () => ({ passed: 0, failed: 1 }))
    return { passed: counts.passed, failed: Math.max(counts.failed, failedRun) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The environment of the tests, without the caller's settings, which must not reach the servers that the tests start. */
function testEnv(countsFile) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('DOVETAIL_'))
  return { ...Object.fromEntries(kept), DOVETAIL_TEST_COUNTS: countsFile }
}
