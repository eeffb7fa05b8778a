/**
 * `npm run bench [-- PART…] [--json]`: builds what is missing, then runs the benchmarks. Servers run on one core and the
 * load generator on another if the machine has two cores and `taskset`; otherwise it warns that the figures mean less.
 * `npm run bench -- --help` says which parts and options there are; a wrong one is one line, and the exit code 2.
 * `npm run bench -- compare-runs` makes the runs of docs/compare anew, and the figures of docs/compare.md from them.
 */
import { spawn, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { build } from './build.mjs'
import { passSignalsTo, root, runScript } from './steps.mjs'

const serverCore = 0
const loadCore = 1

await runScript(async () => {
  await build()
  if (process.argv[2] === 'compare-runs') {
    // It reads formats of the lab, which are there once that is built.
    const { makeCompareRuns } = await import('./compare/compare-runs.mjs')
    return makeCompareRuns()
  }
  const bench = [
    'packages/lab/dist/bench/main.js',
    '--dovetail',
    'packages/cli/bin/dovetail.js',
    ...process.argv.slice(2),
  ]
  if (!canPin()) {
    process.stderr.write('Servers and load share their cores here: the figures are rough.\n')
    return measure(process.execPath, bench)
  }
  const pinned = ['-c', String(loadCore), process.execPath, ...bench, '--server-core', String(serverCore)]
  pinned.push('--cluster-cores', availableParallelism() > 2 ? `0,2-${availableParallelism() - 1}` : '0')
  return measure('taskset', pinned)
})

/**
 * The exit code is that of the benchmarks, which have said themselves what is wrong.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<void>}
 */
function measure(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
    const forget = passSignalsTo(child)
    child.on('error', reject)
    child.on('close', (code) => {
      forget()
      process.exitCode = code ?? 1
      resolve()
    })
  })
}

function canPin() {
  return availableParallelism() > 1 && spawnSync('taskset', ['-V'], { stdio: 'ignore' }).status === 0
}
