/**
 * `npm run soak [-- MINUTES [WORD]]` (default: 60): repeats the randomized tests with a new seed each round, and the
 * slow-reader test at full size, until the time is over; with a WORD, those tests whose path has it. `npm run soak -- 60
 * webhooks/soak` is one hour of a webhook whose receiver fails. A failed round is reported with its seed, and the soak goes on; `SEED=… npm test -- PATH` repeats it.
 */
import { build } from './build.mjs'
import { install } from './install.mjs'
import { run, runScript } from './steps.mjs'
import { systemPackages } from './system-packages.mjs'

const all = [
  'test/join/join.test.ts',
  'test/check/check.test.ts',
  'test/transports/changes/random-readers.test.ts',
  'test/transports/slow-readers/slow-reader.test.ts',
  'test/cluster/join.test.ts',
  'test/cluster/late-commits.test.ts',
  'test/faults/cluster-faults.test.ts',
  'test/faults/links.test.ts',
  'test/faults/kafka-faults.test.ts',
  'test/faults/postgres-faults.test.ts',
  'test/faults/full-disk.test.ts',
  'test/faults/restored.test.ts',
  'test/faults/failover.test.ts',
  'test/faults/cluster-planted.test.ts',
  'test/cluster/cluster-command.test.ts',
  'test/runtime/returning-clients.test.ts',
  'test/webhooks/killed.test.ts',
  'test/webhooks/soak.test.ts',
  'test/fuzz/fuzz.test.ts',
]
const minutes = Number(process.argv[2] ?? 60)
const word = process.argv[3]
const paths = all.filter((path) => word === undefined || path.includes(word))
if (paths.length === 0) throw new Error(`no test of the soak has "${word}" in its path`)
let isStopped = false
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    isStopped = true
  })

await runScript(async () => {
  await systemPackages()
  await install('test')
  await build()
  const endAt = performance.now() + minutes * 60_000
  const failed = []
  let rounds = 0
  while (performance.now() < endAt && !isStopped) {
    const seed = String(Math.floor(Math.random() * 1_000_000))
    rounds++
    process.stderr.write(`· round ${rounds}, seed ${seed}\n`)
    // Runs each fault for longer, and prints how long the recovery took.
    const env = {
      ...process.env,
      SEED: seed,
      SOAK: '1',
      ...(paths.length === 1 ? { SOAK_MINUTES: String(minutes) } : {}),
    }
    // One after the other, so that the faults do not slow each other down.
    const command = ['node_modules/vitest/vitest.mjs', 'run', '--maxWorkers=1', ...paths]
    await run(process.execPath, command, { env, output: 'as it comes' }).catch(() => {
      // A round that was stopped has not failed.
      if (!isStopped) failed.push(seed)
    })
  }
  process.stdout.write(
    `${rounds} rounds, ${failed.length} failed${failed.length === 0 ? '' : `: seeds ${failed.join(', ')}`}\n`,
  )
  if (failed.length > 0) process.exitCode = 1
})
