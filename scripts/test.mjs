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
  const file = join(folder, 'counts.json')
  const command = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=scripts/count-reporter.mjs',
  ]
  try {
    const failedRun = await failedOf(() =>
      run(process.execPath, [...command, ...args], { output: 'as it comes', env: testEnv(file) }),
    )
    const counts = await readFile(file, 'utf8').then(JSON.parse, () => ({ passed: 0, failed: 1 }))
    return { passed: counts.passed, failed: Math.max(counts.failed, failedRun) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Settings of whoever runs the tests must not reach the servers that the tests start. */
function testEnv(countsFile) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('DOVETAIL_'))
  return { ...Object.fromEntries(kept), DOVETAIL_TEST_COUNTS: countsFile }
}
