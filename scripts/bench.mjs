/**
 * `npm run bench [-- PART…] [--json]`: builds what is missing, then runs the benchmarks. Servers run on one core and the
 * load generator on another if the machine has two cores and `taskset`; otherwise it warns that the figures mean less.
 * `npm run bench -- compare-runs` makes the runs of docs/compare anew, and the figures of docs/compare.md from them.
 */
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { build } from './build.mjs'
import { run, runScript } from './steps.mjs'

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
    return run(process.execPath, bench, { output: 'as it comes' })
  }
  const pinned = ['-c', String(loadCore), process.execPath, ...bench, '--server-core', String(serverCore)]
  pinned.push('--cluster-cores', availableParallelism() > 2 ? `0,2-${availableParallelism() - 1}` : '0')
  return run('taskset', pinned, { output: 'as it comes' })
})

function canPin() {
  return availableParallelism() > 1 && spawnSync('taskset', ['-V'], { stdio: 'ignore' }).status === 0
}
