import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Complaint, type RecoveryWatch, runCheck } from 'dovetail-lab/check'
import type { Cluster } from 'dovetail-lab/cluster'
import { expect, onTestFinished, test } from 'vitest'
import { startNodes } from './checked.ts'
import type { ClusterBug } from './cluster-bugs.ts'
import { putBack } from './put-back.ts'

const entry = fileURLToPath(new URL('./faulty-node.ts', import.meta.url))

interface Options {
  readonly settleSeconds: number
  readonly restored?: boolean
  readonly meanwhile?: (cluster: Cluster, watch: RecoveryWatch) => Promise<void>
}

async function complaintsOn(bug: ClusterBug, { meanwhile, ...options }: Options): Promise<readonly Complaint[]> {
  process.env.DOVETAIL_BUG = bug
  const cluster = await startNodes({ nodes: 2, entry })
  onTestFinished(() => cluster.stop())
  const urls = cluster.nodes.map(({ url }) => url)
  const { complaints } = await runCheck({
    ...{ urls, seed: 31, seconds: 5, writers: 4, readersEach: 1, ...options },
    ...(meanwhile === undefined ? {} : { disturb: (watch) => meanwhile(cluster, watch) }),
  })
  return complaints
}

test('lost replies lead to no repeated write: idempotency keys hold across nodes', { timeout: 240_000 }, async () => {
  expect((await complaintsOn('lost-replies', { settleSeconds: 60 })).slice(0, 5)).toEqual([])
})

/** What the checker must say, among other things. */
const verdicts: Readonly<Record<Exclude<ClusterBug, 'lost-replies' | 'epoch-ignored'>, RegExp>> = {
  'notifications-lost-and-no-poll': /reader .*: stands at \d+, the head is \d+/,
  'revision-before-commit': /^acknowledged "writer.*" .* (is not in the log|stands at \d+|is .* in the log)/,
  'catch-up-off-by-one': /raw reader .*: revision \d+ is missing in the range \d+ to \d+/,
  'keys-per-node': /^"writer.*" .* is twice, or nobody wrote it/,
}

test.each(Object.entries(verdicts))('the checker catches %s', { timeout: 240_000 }, async (bug, verdict) => {
  const complaints = await complaintsOn(bug as ClusterBug, { settleSeconds: 6 })
  expect(complaints.map(({ text }) => text)).toContainEqual(expect.stringMatching(verdict))
})

test('the checker catches epoch-ignored', { timeout: 240_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-backup-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'backup')
  const complaints = await complaintsOn('epoch-ignored', {
    settleSeconds: 20,
    restored: true,
    meanwhile: async (cluster, watch) => {
      await cluster.postgres.dump(file)
      await watch.recovered(20_000)
      await putBack(cluster, file)
      await pause(2000)
    },
  })
  // A reader ahead of the restored log did not learn that it is another log.
  expect(complaints.map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/ reader .*: (its view differs|was reset \(ahead\)|revision \d+ is missing)/),
  )
})
