/** The link of one node, or of its clients, is cut, slowed or half-open, while the others have theirs. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Cluster, ServiceName } from 'dovetail-lab/cluster'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { at, freshChannel } from '../support/paths.ts'
import { type Server, serverAt } from '../support/servers/serving.ts'
import { type Fault, isSoak, startNodes, survives, waysIn } from './checked.ts'
import { type Link, startLink } from './link.ts'

/** The node that all of this happens to. */
const afflicted = 1

describe('three nodes on PostgreSQL and Redis, of which one', () => {
  const links: Link[] = []
  const own: Partial<Record<ServiceName | 'clients', Link>> = {}
  let cluster: Cluster
  /** Whose notifications are lost, and how many were. */
  const dropped = { channel: '', notifications: 0 }
  /** Sends them to a channel that nobody subscribes to, so that the publisher sees a success. */
  const dropping = (bytes: Buffer): Buffer => {
    if (dropped.channel === '') return bytes
    const text = bytes.toString('latin1')
    const name = `:channel:${dropped.channel}`
    const parts = text.split(name)
    dropped.notifications += parts.length - 1
    return Buffer.from(parts.join(name.replace(/.$/, '!')), 'latin1')
  }
  beforeAll(async () => {
    const linkTo = async (port: number, lets?: (bytes: Buffer) => Buffer): Promise<Link> => {
      const link = await startLink(port, lets)
      links.push(link)
      return link
    }
    cluster = await startNodes({
      resolveUrl: async (node, service, address) => {
        if (node !== afflicted) return address
        const url = new URL(address)
        const link = await linkTo(Number(url.port), service === 'backbone' ? dropping : undefined)
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
    const { resets } = await survives({ urls: waysIn(cluster) }, faultsOf(['store'], 25_000))
    // It is the same database that comes back.
    expect(resets).toBe(0)
  })

  test('has its links to Redis cut, slowed, half-open', { timeout: 240_000 }, async () => {
    const { resets } = await survives({ urls: waysIn(cluster) }, faultsOf(['backbone', 'memory'], 10_000))
    expect(resets).toBe(0)
  })

  test('has the link to its clients cut, slowed, half-open', { timeout: 240_000 }, async () => {
    const direct = cluster.nodes.map(({ url }) => url)
    direct[afflicted] = `http://127.0.0.1:${linkOf('clients').port}`
    // The SDK's readers use the first: half-open, their event streams are given up after 40 s.
    const urls = [isSoak ? direct[afflicted] : cluster.url, ...direct]
    const { resets } = await survives({ urls }, faultsOf(['clients'], isSoak ? 90_000 : 30_000))
    expect(resets).toBe(0)
  })

  test('loses its last notification to another: the change is there within 3 s all the same', {
    timeout: 60_000,
  }, async () => {
    const [there, here] = cluster.nodes.map(({ port }) => serverAt(port)) as [Server, Server]
    onTestFinished(() => Promise.all([there.stop(), here.stop()]).then(() => undefined))
    const channel = freshChannel()
    const socket = await there.connect('bob')
    await socket.subscribe(channel)
    const alice = await here.rest('alice')
    await alice.post(at(channel), { text: 'notified' })
    await socket.reached(channel, 1)
    dropped.channel = channel
    for (const rev of [2, 3, 4]) {
      const before = dropped.notifications
      await alice.post(at(channel), { text: 'lost' })
      const since = performance.now()
      await socket.reached(channel, rev)
      const tookMs = performance.now() - since
      if (isSoak) process.stderr.write(`a lost notification: repaired in ${Math.round(tookMs)} ms\n`)
      expect(dropped.notifications).toBe(before + 1)
      expect(tookMs).toBeLessThan(3000)
    }
    dropped.channel = ''
  })
})
