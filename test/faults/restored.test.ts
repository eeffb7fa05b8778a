/** A store that is put back to an earlier moment while clients go on: by the steps of docs/operating.md, and by a plain copy. */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { checkedWhile, reportRecovery, startNodes, waysIn } from './checked.ts'
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
    reportRecovery('a database put back', await watch.recovered(60_000))
  })
  // The readers without the SDK; resets inside the SDK are not counted.
  expect(resets).toBeGreaterThanOrEqual(4)
})

test('[MOD17, P1] a data folder that is put back as it was some seconds ago: readers are reset, and all go on from there', {
  timeout: 240_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-copy-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const first = await spawnServer()
  const { resets } = await checkedWhile({ urls: [first.server.url], restored: true }, async (watch) => {
    await watch.recovered(30_000)
    await first.kill()
    await cp(first.data, folder, { recursive: true })
    const second = await first.restart()
    // What every reader has is gone a moment later.
    await watch.recovered(60_000)
    await second.kill()
    await rm(first.data, { recursive: true })
    await cp(folder, first.data, { recursive: true })
    await second.restart()
    reportRecovery('a data folder put back', await watch.recovered(60_000))
  })
  // The readers without the SDK; resets inside the SDK are not counted.
  expect(resets).toBeGreaterThanOrEqual(4)
})
