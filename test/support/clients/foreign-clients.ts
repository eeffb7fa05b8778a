/** SSE clients of other people, unmodified, each in a process of its own. More of them: `npm run outside`. */
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import { Follower } from '../../../scripts/outside/follower.mjs'

const program = (path: string) => fileURLToPath(new URL(`../../../scripts/outside/${path}`, import.meta.url))
const inNode = (library: string) => (url: string) => [process.execPath, program('node/follow.mjs'), library, url]
const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium'

const clients = [
  { name: 'Chromium', command: (url: string) => [process.execPath, program('browser.mjs'), chromium, url] },
  { name: 'npm eventsource', command: inNode('eventsource') },
  { name: 'npm undici', command: inNode('undici') },
]

/** The clients follow the stream until the test ends. */
export function followWithAll(url: string): readonly Follower[] {
  const followers = clients.map((client) => new Follower({ version: '', ...client }, url))
  onTestFinished(async () => void (await Promise.all(followers.map((follower) => follower.stop()))))
  return followers
}

/** Calls `post` until each of them has got a message. */
export async function untilAllFollow(followers: readonly Follower[], post: () => Promise<void>): Promise<void> {
  const all = async () => {
    await post()
    return followers.every(({ texts }) => texts.length > 0)
  }
  await expect.poll(all, { timeout: 60_000, interval: 200 }).toBe(true)
}

/** Waits until each of them has all that was posted since its first message, once and in order. */
export async function expectAllBack(followers: readonly Follower[], posted: readonly string[]): Promise<void> {
  const verdicts = () => followers.map((follower) => `${follower.client.name}: ${follower.verdict(posted)}`)
  await expect.poll(verdicts, { timeout: 60_000 }).toEqual(followers.map(({ client }) => `${client.name}: back`))
}
