/** What the data of earlier versions holds: it is written by REST, and read again to be compared. */
import type { ChangesReply, ChannelDescription, LiveRecord } from 'dovetail-protocol'
import type { Answer, Rest } from '../support/clients/rest.ts'
import { at } from '../support/paths.ts'
import type { TokenOptions } from '../support/servers/token-for.ts'

export type RestOf = (user: string, options?: TokenOptions) => Promise<Rest>

export const harbour = 'chat:harbour'
const crew = 'team:crew'

/** Who may read it. */
const readers = { [harbour]: 'alice', [crew]: 'alice', 'dm:alice-bob': 'bob', 'docs:handbook': 'backend' } as const
const users = ['alice', 'bob', 'carol', 'eve+1'] as const
const words = ['anchor', 'lighthouse', 'Möwe', 'crew', 'handbook', 'gone']

/** All that a version served of the data, right before it was stopped. */
export interface Served {
  /** A cursor of `harbour`, and the ids of what changed behind it. */
  readonly cursor: string
  readonly behind: readonly string[]
  readonly changes: Readonly<Record<string, ChangesReply>>
  readonly members: unknown
  readonly profiles: unknown
  readonly channels: Readonly<Record<string, unknown>>
  /** By the word that was searched: the records that were found. */
  readonly found: Readonly<Record<string, readonly string[]>>
  /** An API key; absent: the version had none. */
  readonly key?: string
}

/** Writes it all, and returns the cursor and the key. */
export async function writeHistory(as: RestOf): Promise<Pick<Served, 'cursor' | 'behind' | 'key'>> {
  await writeHarbour(as)
  const cursor = (await okay((await as('alice')).get<ChannelDescription>(`/v1/channels/${harbour}`))).cursor
  const behind = await writeBehind(as)
  await writePrivate(as)
  await writeAccounts(as)
  const made = await (await as('root', { role: 'admin' })).post<{ key: string }>('/v1/keys', { user: 'robot' })
  return { cursor, behind, ...(made.status === 201 ? { key: made.body.key } : {}) }
}

async function writeHarbour(as: RestOf): Promise<void> {
  const [alice, bob, carol] = [await as('alice'), await as('bob'), await as('carol')]
  await okay(alice.put(`/v1/channels/${harbour}`, { visibility: 'public', title: 'Harbour 🚢' }))
  const first = await okay(alice.post<LiveRecord>(at(harbour), { text: 'Anchor down near the lighthouse' }))
  const reply = { text: 'Die Möwe schreit', replyTo: first.id }
  const second = await okay(bob.post<LiveRecord>(at(harbour), reply))
  await okay(bob.post(at(harbour, 'reactions'), { message: first.id, emoji: '👍' }))
  await okay(alice.put(at(harbour, 'members', 'bob'), { user: 'bob', role: 'moderator' }))
  await okay(alice.put(at(harbour, 'members', 'eve~1'), { user: 'eve+1', role: 'member' }))
  const third = await okay(carol.post<LiveRecord>(at(harbour), { text: 'this is gone' }))
  await okay(bob.delete(at(harbour, 'messages', third.id)))
  const fourth = await okay(alice.post<LiveRecord>(at(harbour), { text: 'this is gone too' }))
  await okay(alice.delete(at(harbour, 'messages', fourth.id)))
  await okay(bob.patch(at(harbour, 'messages', second.id), { text: 'Die Möwe schreit laut' }))
  await okay(alice.put(at(harbour, 'members', 'carol'), { user: 'carol', role: 'banned' }))
  const writes = Array.from({ length: 60 }, (_, index) => ({
    ...{ op: 'create', channel: harbour, collection: 'messages', key: `batch-${index}` },
    data: { text: `anchor number ${index}` },
  }))
  await okay((await as('backend', { role: 'service' })).post('/v1/batch', { writes }))
}

async function writeBehind(as: RestOf): Promise<string[]> {
  const bob = await as('bob')
  const ids: string[] = []
  for (const text of ['behind the cursor', 'also behind it'])
    ids.push((await okay(bob.post<LiveRecord>(at(harbour), { text }))).id)
  await okay(bob.delete(at(harbour, 'messages', ids[1])))
  return ids
}

async function writePrivate(as: RestOf): Promise<void> {
  const [alice, bob, backend] = [await as('alice'), await as('bob'), await as('backend', { role: 'service' })]
  await okay(alice.put(`/v1/channels/${crew}`, { visibility: 'private', title: 'Crew' }))
  await okay(alice.put(at(crew, 'members', 'bob'), { user: 'bob', role: 'member' }))
  await okay(bob.post(at(crew), { text: 'The crew meets at nine' }))
  await okay(bob.put('/v1/channels/dm:alice-bob', { visibility: 'private' }))
  await okay(bob.put(at('dm:alice-bob', 'members', 'alice'), { user: 'alice', role: 'member' }))
  await okay(alice.post(at('dm:alice-bob'), { text: 'Only for you' }))
  await okay(backend.put('/v1/channels/docs:handbook', { visibility: 'public' }))
  await okay(backend.put(at('docs:handbook', 'articles', 'start'), { title: 'The handbook', text: 'Begin here.' }))
  await okay(alice.put('/v1/channels/chat:dropped', { visibility: 'public' }))
  await okay(alice.post(at('chat:dropped'), { text: 'gone with its channel' }))
  await okay((await as('root', { role: 'admin' })).delete('/v1/channels/chat:dropped'))
}

async function writeAccounts(as: RestOf): Promise<void> {
  const [alice, bob] = [await as('alice'), await as('bob')]
  await okay(alice.patch('/v1/me', { name: 'Alice Liddell', about: 'down the rabbit hole' }))
  await okay(bob.patch('/v1/me', { name: 'Bob 🦀' }))
  await okay(alice.put(`/v1/channels/${harbour}`, { title: 'Harbour 🚢' }))
  await okay(bob.put(`/v1/me/channels/${harbour}`, { read: 12 }))
  await okay(alice.put(`/v1/me/channels/${crew}`, { read: 3 }))
}

export async function readServed(as: RestOf): Promise<Omit<Served, 'cursor' | 'behind' | 'key'>> {
  const changes: Record<string, ChangesReply> = {}
  const [channels, found]: [Record<string, unknown>, Record<string, readonly string[]>] = [{}, {}]
  for (const [channel, user] of Object.entries(readers)) {
    const rest = await as(user, user === 'backend' ? { role: 'service' } : {})
    changes[channel] = await okay(rest.get<ChangesReply>(`/v1/channels/${channel}/changes?after=0&limit=500`))
  }
  const alice = await as('alice')
  const profiles: unknown[] = []
  for (const user of users) {
    const rest = await as(user)
    channels[user] = (await okay(rest.get<object>('/v1/me/channels'))) as { channels: unknown }
    const { status, body } = await rest.get(`/v1/users/${encodeURIComponent(user)}`)
    profiles.push(status === 200 ? body : null)
  }
  for (const word of words) found[word] = await search(alice, word)
  const members = (await okay(alice.get<{ records: unknown }>(at(harbour, 'members')))).records
  return { changes, members, profiles, channels, found }
}

/** The ids in their own order: which of two comes first may differ from version to version. */
async function search(rest: Rest, word: string): Promise<string[]> {
  const path = `/v1/search?q=${encodeURIComponent(word)}&limit=100`
  const { hits } = await okay(rest.get<{ hits: { record: { id: string } }[] }>(path))
  return hits.map(({ record }) => record.id).sort()
}

async function okay<Body>(answer: Promise<Answer<Body>>): Promise<Body> {
  const { status, body, text } = await answer
  if (status >= 300) throw new Error(`answered ${status}: ${text.slice(0, 300)}`)
  return body
}
