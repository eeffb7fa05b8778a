/**
 * `npm test`: installs what the tests need, builds, checks, and runs every test.
 * `npm test -- PATH…`: only the tests under PATH, without the checks. Arguments are vitest's.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from './build.mjs'
import { install } from './install.mjs'
import { run, runScript, step } from './steps.mjs'
import { systemPackages } from './system-packages.mjs'

const args = process.argv.slice(2)

await runScript(async () => {
  await systemPackages()
  await install('test')
  await build()
  const failedChecks = args.length === 0 ? await failedOf(() => step('checking', runChecks)) : 0
  const { passed, failed } = await runVitest()
  process.stdout.write(`\n${passed} passed, ${failed + failedChecks} failed\n`)
  if (failed + failedChecks > 0 || passed === 0) process.exitCode = 1
})

function runChecks() {
  return run(process.execPath, ['scripts/check.mjs'], { output: 'as it comes' })
}

/**
 * A red check does not keep the tests from running: one run tells everything.
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

async function runVitest() {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-test-'))
  const report = join(folder, 'report.json')
  const command = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json']
  try {
    const failedRun = await failedOf(() =>
      run(process.execPath, [...command, `--outputFile.json=${report}`, ...args], {
        output: 'as it comes',
        env: testEnv(),
      }),
    )
    return await counts(report, failedRun)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Settings of whoever runs the tests must not reach the servers that the tests start. */
function testEnv() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DOVETAIL_')))
}

/**
 * @param {string} report
 * @param {number} failedRun 1 where vitest ended with an error, which may be one outside of any test
 */
async function counts(report, failedRun) {
  const text = await readFile(report, 'utf8').catch(() => null)
  if (text === null) return { passed: 0, failed: 1 }
  const result = JSON.parse(text)
  const failed = result.numFailedTests + result.testResults.filter(failedOutsideTests).length
  return { passed: result.numPassedTests, failed: Math.max(failed, failedRun) }
}

/** A file that could not even be loaded has no test to count. */
function failedOutsideTests(file) {
  return file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')
}
