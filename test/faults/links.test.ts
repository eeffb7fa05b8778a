/** The link of one node, or of its clients, is cut, slowed or half-open, while the others have theirs. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Cluster, ServiceName } from '@dovetail/lab/cluster'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Link, startLink } from '../support/link.ts'
import { type Fault, isSoak, startNodes, survives, waysIn } from './checked.ts'

/** The node that all of this happens to. */
const afflicted = 1

describe('three nodes on PostgreSQL and Redis, of which one', () => {
  const links: Link[] = []
  const own: Partial<Record<ServiceName | 'clients', Link>> = {}
  let cluster: Cluster
  beforeAll(async () => {
    const linkTo = async (port: number): Promise<Link> => {
      const link = await startLink(port)
      links.push(link)
      return link
    }
    cluster = await startNodes({
      reach: async (node, service, address) => {
        if (node !== afflicted) return address
        const url = new URL(address)
        const link = await linkTo(Number(url.port))
        own[service] = link
        url.port = String(link.port)
        return String(url)
      },
    })
    own.clients = await linkTo(cluster.nodes[afflicted]?.port ?? 0)
  }, 180_000)
  afterAll(async () => {
    await cluster.stop()
    for (const link of links) await link.stop()
  }, 60_000)

  function linkOf(name: keyof typeof own): Link {
    const link = own[name]
    if (link === undefined) throw new Error(`nothing went through a link: ${name}`)
    return link
  }

  /** `silentMs`: within which a half-open link is noticed. */
  function faultsOf(names: readonly (keyof typeof own)[], silentMs: number): Fault[] {
    const all = (change: (link: Link) => void) => {
      for (const name of names) change(linkOf(name))
    }
    const hit = (lastsMs: number, change: (link: Link) => void) => async () => {
      // What nothing goes through can't be missed.
      all(({ carried }) => expect(carried).toBeGreaterThan(0))
      all(change)
      await pause(lastsMs)
      all((link) => link.mend())
    }
    return [
      { what: 'cut', hit: hit(1500, (link) => link.cut()), withinMs: 10_000 },
      { what: 'slowed', hit: hit(3000, (link) => link.slow(200, 20_000)), withinMs: 10_000 },
      { what: 'half-open', hit: hit(3000, (link) => link.silence()), withinMs: silentMs },
    ]
  }

  test('has its link to PostgreSQL cut, slowed, half-open', { timeout: 240_000 }, async () => {
    await survives({ urls: waysIn(cluster) }, faultsOf(['store'], 25_000))
  })

  test('has its links to Redis cut, slowed, half-open', { timeout: 240_000 }, async () => {
    await survives({ urls: waysIn(cluster) }, faultsOf(['backbone', 'memory'], 10_000))
  })

  test('has the link to its clients cut, slowed, half-open', { timeout: 240_000 }, async () => {
    const direct = cluster.nodes.map(({ url }) => url)
    direct[afflicted] = `http://127.0.0.1:${linkOf('clients').port}`
    // The SDK's readers use the first: half-open, their event streams are given up after 40 s.
    const urls = [isSoak ? direct[afflicted] : cluster.url, ...direct]
    await survives({ urls }, faultsOf(['clients'], isSoak ? 90_000 : 30_000))
  })
})
