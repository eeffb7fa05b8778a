/** A database that is put back to an earlier moment, by the steps of docs/operating.md, while clients go on. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { checkedWhile, startNodes, waysIn } from './checked.ts'
import { putBack } from './put-back.ts'

test('PostgreSQL restored from a backup of some seconds ago: readers are reset, and all go on from there', {
  timeout: 240_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-backup-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'backup')
  const cluster = await startNodes({ nodes: 2 })
  onTestFinished(() => cluster.stop())
  const { resets } = await checkedWhile({ urls: waysIn(cluster), restored: true }, async (watch) => {
    await cluster.postgres.dump(file)
    // What every reader has is gone a moment later.
    await watch.recovered(10_000)
    await putBack(cluster, file)
    // All were away for some seconds: the SDK's back-off has a part in it.
    await watch.recovered(60_000)
  })
  // The readers without the SDK; what the SDK is told is its own business.
  expect(resets).toBeGreaterThanOrEqual(4)
})
