/** PostgreSQL's standby takes over behind the same address, while clients go on: with acknowledged commits lost, and with none. */
import type { Cluster } from 'dovetail-lab/cluster'
import { startStandby, startTcpSwitch, type TcpSwitch } from 'dovetail-lab/services'
import { expect, onTestFinished, test } from 'vitest'
import { checkedWhile, reportRecovery, startNodes, waysIn } from './checked.ts'

/** Two nodes on Redis and on a primary that they reach through a switch, and a standby that streams from it. */
async function behindSwitch() {
  let address: Promise<TcpSwitch> | null = null
  const cluster: Cluster = await startNodes({
    nodes: 2,
    resolveUrl: async (_node, service, url) => {
      if (service !== 'store') return url
      const target = new URL(url)
      address ??= startTcpSwitch(Number(target.port))
      target.port = String((await address).port)
      return String(target)
    },
  })
  onTestFinished(async () => {
    await cluster.stop()
    await (await address)?.stop()
  })
  const standby = await startStandby(cluster.postgres)
  onTestFinished(() => standby.stop())
  if (address === null) throw new Error('no node asked for its store')
  return { cluster, standby, address: await (address as Promise<TcpSwitch>) }
}

test('[MOD17, P2] a promoted standby that lacks acknowledged commits: readers are reset, and all go on from there', {
  timeout: 240_000,
}, async () => {
  const { cluster, standby, address } = await behindSwitch()
  const { resets } = await checkedWhile({ urls: waysIn(cluster), restored: true }, async (watch) => {
    await standby.caughtUp()
    await standby.detach()
    // What every reader has is gone a moment later.
    await watch.recovered(20_000)
    address.to(null)
    await standby.promote()
    address.to(standby.port)
    reportRecovery('a standby that lacks commits promoted', await watch.recovered(60_000))
  })
  // The readers without the SDK; what the SDK is told is its own business.
  expect(resets).toBeGreaterThanOrEqual(4)
})

test('[P2] a clean switch-over: readers are reset once, and nothing acknowledged is gone', {
  timeout: 240_000,
}, async () => {
  const { cluster, standby, address } = await behindSwitch()
  const { resets } = await checkedWhile({ urls: waysIn(cluster) }, async (watch) => {
    await watch.recovered(20_000)
    address.to(null)
    await standby.caughtUp()
    await standby.promote()
    address.to(standby.port)
    reportRecovery('a clean switch-over', await watch.recovered(60_000))
  })
  expect(resets).toBeGreaterThanOrEqual(1)
})
