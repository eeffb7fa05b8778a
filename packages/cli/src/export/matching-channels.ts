/** The channels of a server that patterns name: `*` stands for any characters. */
import { userOfOwnFeed } from 'dovetail-protocol/names'
import type { Requests } from '../requests/requests.ts'

interface ChannelPage {
  readonly channels: readonly { readonly name: string }[]
  readonly after: string | null
}

/** Each channel once. A pattern without a star is a name, and counts whether the channel is listed or not. */
export async function* matchingChannels(requests: Requests, patterns: readonly string[]): AsyncGenerator<string, void> {
  const given = new Set<string>()
  for (const pattern of patterns) {
    for await (const name of pattern.includes('*') ? listed(requests, pattern) : [pattern]) {
      if (given.has(name)) continue
      given.add(name)
      yield name
    }
  }
}

async function* listed(requests: Requests, pattern: string): AsyncGenerator<string, void> {
  const matcher = new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`)
  const prefix = encodeURIComponent(pattern.slice(0, pattern.indexOf('*')))
  let after: string | null = ''
  while (after !== null) {
    const path: string = `/v1/channels?prefix=${prefix}&limit=500&after=${encodeURIComponent(after)}`
    const page = (await requests.ask('GET', path)) as ChannelPage
    // Each user's own feed is the server's, which makes it again.
    for (const { name } of page.channels) if (matcher.test(name) && userOfOwnFeed(name) === null) yield name
    after = page.after
  }
}

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
