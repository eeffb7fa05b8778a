/** A database that is put back to an earlier moment, by the steps of docs/operating.md, while clients go on. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runDovetail } from '../support/spawn-server.ts'
import { checkedWhile, startNodes, waysIn } from './checked.ts'

test('PostgreSQL restored from a backup of some seconds ago: readers are reset, and all go on from there', {
  timeout: 240_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-backup-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'backup')
  const cluster = await startNodes({ nodes: 2 })
  onTestFinished(() => cluster.stop())
  const { postgres, nodes } = cluster
  const written = async () => Number(await postgres.psql('SELECT count(*) FROM dovetail.records'))
  let lost = 0
  const { resets } = await checkedWhile({ urls: waysIn(cluster), restored: true }, async (watch) => {
    await postgres.dump(file)
    const before = await written()
    await watch.recovered(10_000)
    await Promise.all(nodes.map((node) => node.stop()))
    const last = await written()
    await postgres.restore(file)
    lost = last - (await written())
    expect(last).toBeGreaterThan(before)
    expect((await runDovetail(['epoch', '--new', '--store', postgres.url]).ended).code).toBe(0)
    await Promise.all(nodes.map((_node, index) => cluster.replace(index, 'SIGTERM')))
    // All were away for some seconds: the SDK's back-off has a part in it.
    await watch.recovered(60_000)
  })
  expect(lost).toBeGreaterThan(0)
  // The readers without the SDK; what the SDK is told is its own business.
  expect(resets).toBeGreaterThanOrEqual(4)
})
