/** What a client asks the server by single REST requests, which need no connection. */
import type { ChannelList, LiveRecord, Me, Profile, ProfileList } from 'dovetail-protocol'
import type { Rest } from './base/rest.ts'

export interface SearchOptions {
  readonly channel?: string
  readonly collection?: string
  readonly limit?: number
  readonly after?: string
  readonly signal?: AbortSignal
}
export interface SearchHit<Data = Record<string, unknown>> {
  readonly channel: string
  readonly collection: string
  readonly record: LiveRecord<Data>
  /** `marks` are [from, to) offsets into `text`. */
  readonly snippet: { readonly text: string; readonly marks: readonly (readonly [number, number])[] }
}
export interface SearchPage {
  readonly hits: readonly SearchHit[]
  readonly after: string | null
  /** False: not all was searched, as SEA12 and SEA14 of the protocol say. */
  readonly complete?: boolean
}

/** One of the caller's channels. `unread` is capped at 100. */
export interface MyChannel {
  readonly channel: string
  readonly head: number
  /** Opaque cursor at `head`. */
  readonly cursor: string
  readonly read: number
  readonly unread: number
}

export interface ChannelsOptions {
  readonly prefix?: string
  readonly limit?: number
  readonly after?: string
}

export interface Requests {
  me(): Promise<Me>
  updateMe(patch: { name?: string; avatar?: string | null; about?: string | null }): Promise<Me>
  user(user: string): Promise<Profile>
  /** The profiles that there are of up to 100 users, in one request. */
  users(users: readonly string[]): Promise<ProfileList>
  search(query: string, options?: SearchOptions): Promise<SearchPage>
  channels(options?: ChannelsOptions): Promise<ChannelList>
  /** All of the caller's channels, read page after page. */
  myChannels(): Promise<MyChannel[]>
  markRead(channel: string, pos: number): Promise<void>
  limits(): Promise<Record<string, number>>
}

export class RestRequests implements Requests {
  /** For what stands beside the client, such as `dovetail-client/files`. */
  readonly rest: Rest

  constructor(rest: Rest) {
    this.rest = rest
  }

  me(): Promise<Me> {
    return this.rest.get('/v1/me')
  }

  async updateMe(body: Parameters<Requests['updateMe']>[0]): Promise<Me> {
    return (await this.rest.ask('PATCH', '/v1/me', { body })).body as Me
  }

  user(user: string): Promise<Profile> {
    return this.rest.get(`/v1/users/${encodeURIComponent(user)}`)
  }

  users(users: readonly string[]): Promise<ProfileList> {
    return this.rest.get('/v1/users', { query: { ids: users.join(',') } })
  }

  search(q: string, { signal, ...query }: SearchOptions = {}): Promise<SearchPage> {
    return this.rest.get('/v1/search', { query: { q, ...query }, signal })
  }

  channels(options: ChannelsOptions = {}): Promise<ChannelList> {
    return this.rest.get('/v1/channels', { query: options as Record<string, string | number> })
  }

  async myChannels(): Promise<MyChannel[]> {
    type MyChannelList = { readonly channels: MyChannel[]; readonly after?: string | null }
    const all: MyChannel[] = []
    let after: string | undefined
    do {
      const page: MyChannelList = await this.rest.get('/v1/me/channels', { query: { after } })
      all.push(...page.channels)
      after = page.after ?? undefined
    } while (after !== undefined)
    return all
  }

  async markRead(channel: string, pos: number): Promise<void> {
    await this.rest.ask('PUT', `/v1/me/channels/${encodeURIComponent(channel)}`, {
      body: { read: pos },
    })
  }

  limits(): Promise<Record<string, number>> {
    return this.rest.get('/v1/limits')
  }
}
