import { fileURLToPath } from 'node:url'
import { type Complaint, runCheck } from '@dovetail/lab/check'
import { startCluster } from '@dovetail/lab/cluster'
import { expect, onTestFinished, test } from 'vitest'
import { testSecret } from '../support/token-for.ts'
import type { ClusterBug } from './cluster-bugs.ts'

const entry = fileURLToPath(new URL('./faulty-node.ts', import.meta.url))

async function complaintsOn(bug: ClusterBug, settleSeconds: number): Promise<readonly Complaint[]> {
  process.env.DOVETAIL_BUG = bug
  const cluster = await startCluster({
    dovetail: [process.execPath, '--import', 'tsx', '--conditions=dovetail-source', entry],
    nodes: 2,
    backbone: 'redis',
    secret: testSecret,
  })
  onTestFinished(() => cluster.stop())
  const urls = cluster.nodes.map(({ url }) => url)
  const { complaints } = await runCheck({ urls, seed: 31, seconds: 5, writers: 4, readersEach: 1, settleSeconds })
  return complaints
}

test('replies that get lost are no fault: keys hold across nodes', { timeout: 120_000 }, async () => {
  expect((await complaintsOn('lost-replies', 60)).slice(0, 5)).toEqual([])
})

/** What the checker must say, among other things. */
const verdicts: Readonly<Record<Exclude<ClusterBug, 'lost-replies'>, RegExp>> = {
  'bells-lost-and-no-look': /reader .*: stands at \d+, the head is \d+/,
  'revision-before-commit': /^acknowledged "writer.*" .* (is not in the log|stands at \d+|is .* in the log)/,
  'catch-up-off-by-one': /raw reader .*: revision \d+ is missing in the range \d+ to \d+/,
  'keys-per-node': /^"writer.*" .* is twice, or nobody wrote it/,
}

test.each(Object.entries(verdicts))('the checker catches %s', { timeout: 120_000 }, async (bug, verdict) => {
  const complaints = await complaintsOn(bug as ClusterBug, 6)
  expect(complaints.map(({ text }) => text)).toContainEqual(expect.stringMatching(verdict))
})
