/**
 * What the inputs are made of: channels, users, and what earlier answers gave (cursors, ids, tags, leases, tickets). So
 * a later input can go on from them, as a real client does.
 */
import type { SeededRandom } from 'dovetail-lab/check'
import { demoConfig } from 'dovetail-server'
import { isLikely, oddTexts, oneOf } from './chance.ts'
import { leftOut, type Schema, SchemaSampler, type Scope } from './sample-schema.ts'

export const channels: readonly string[] = [
  ...['chat:f1', 'chat:f2', 'chat:f3', 'chat:f4', 'chat:f5', 'dm:f1', 'dm:f2', 'team:f1'],
  ...['game:f1', 'game:f2', 'prices:f1', 'ticks:f1', 'docs:f1', 'forms:f1'],
]
export const users = ['ann', 'bob', 'cat', 'dan+x', 'eve@home'] as const
/** Whose sign-ins, data and profiles are taken away again and again. */
export const passersBy = ['gone1', 'gone2', 'gone3', 'gone4'] as const
const patterns = ['chat:*', 'dm:*', '*', 'chat:f1', 'game:f*', 'docs:*', 'chat:none']
const consumers = ['mail', 'index', 'a-b.c_d']
const clients = ['tab-1', 'tab-2', 'phone']
const keptValues = 30

interface CollectionSchema {
  readonly schema?: unknown
}

const collectionsOf = new Map(
  Object.entries(demoConfig.channels).map(([name, { collections }]) => [
    name,
    collections as Readonly<Record<string, CollectionSchema>>,
  ]),
)

function namespaceOf(channel: unknown): string {
  return String(channel).split(':')[0] ?? ''
}

/** What one run has learnt of its server. */
export class World {
  readonly #dice: SeededRandom
  readonly #kept = new Map<string, unknown[]>()
  readonly #sampler: SchemaSampler

  constructor(dice: SeededRandom, components: Readonly<Record<string, Schema>>) {
    this.#dice = dice
    this.#sampler = new SchemaSampler(dice, (name, scope) => this.named(name, scope), components)
  }

  get sampler(): SchemaSampler {
    return this.#sampler
  }

  /** Keeps the newest values of a kind. */
  keep(kind: string, value: unknown): void {
    const kept = this.#kept.get(kind) ?? []
    kept.push(value)
    if (kept.length > keptValues) kept.shift()
    this.#kept.set(kind, kept)
  }

  kept(kind: string): unknown {
    const kept = this.#kept.get(kind) ?? []
    return kept.length === 0 ? undefined : oneOf(this.#dice, kept)
  }

  forget(): void {
    this.#kept.clear()
  }

  /** Data that the collection takes, or where there is no such collection, anything. */
  data(channel: unknown, collection: unknown, caller?: unknown): unknown {
    const { schema } = collectionsOf.get(namespaceOf(channel))?.[String(collection)] ?? {}
    if (schema === undefined) return { x: this.#dice.between(0, 100), y: this.#sampler.anything(1) }
    return this.#sampler.object(schema as Schema, { channel, collection, caller })
  }

  channel(): string {
    return oneOf(this.#dice, channels)
  }

  /** One that the caller may read, or for a write, write; now and then any. */
  channelFor(caller: unknown, op: unknown): string {
    if (isLikely(this.#dice, 0.06)) return this.channel()
    const isReading = op === 'subscribe' || op === 'unsubscribe'
    const fitting = channels.filter((channel) => {
      const namespace = namespaceOf(channel)
      if (namespace === 'forms') return false
      if (caller === 'mover' || caller === 'key') return true
      if (['prices', 'ticks', 'docs'].includes(namespace)) return isReading
      return ['chat', 'game'].includes(namespace) || caller === 'ann' || caller === 'bob'
    })
    return oneOf(this.#dice, fitting)
  }

  collection(channel: unknown): string {
    const names = Object.keys(collectionsOf.get(namespaceOf(channel)) ?? { messages: {} })
    // Most of the time the collection that is written most: the first.
    return isLikely(this.#dice, 0.75) ? (names[0] ?? 'messages') : oneOf(this.#dice, names)
  }

  /** Of a record that is there, mostly one that the caller wrote. */
  recordId(channel: unknown, collection: unknown, caller?: unknown): string {
    const own = this.kept(`own ${String(channel)} ${String(collection)} ${String(caller === 'key' ? 'mover' : caller)}`)
    if (own !== undefined && isLikely(this.#dice, 0.8)) return String(own)
    const made = this.kept(`id ${String(channel)} ${String(collection)}`)
    if (made !== undefined && isLikely(this.#dice, 0.6)) return String(made)
    return collection === 'members' ? oneOf(this.#dice, users).replace('+', '~') : `m${this.#dice.between(1, 6)}`
  }

  /** A cursor of the channel, mostly one that can be gone on from. */
  cursor(channel: unknown): string {
    const made = this.kept(`cursor ${String(channel)}`)
    return made === undefined || isLikely(this.#dice, 0.3) ? '0' : String(made)
  }

  /** Which value a name stands for, or that it is left out. `undefined`: the name means nothing here. */
  named(name: string, scope: Scope): unknown {
    const of = this.#byName[name]
    return of === undefined ? undefined : (of(scope) ?? leftOut)
  }

  /** The names of members, parameters and headers, with what they mean. */
  readonly #byName: Readonly<Record<string, (scope: Scope) => unknown>> = {
    ch: () => this.channel(),
    channel: ({ caller, op }) => (op === undefined ? this.channel() : this.channelFor(caller, op)),
    demand: ({ caller }) => (caller === 'mover' ? true : undefined),
    'key of a map': () => this.channel(),
    'value of a map': ({ channel }) => (isLikely(this.#dice, 0.2) ? null : this.cursor(channel)),
    'one of sub': () => {
      const channel = this.channel()
      return isLikely(this.#dice, 0.2) ? channel : `${channel}@${this.cursor(channel)}`
    },
    col: ({ ch }) => this.collection(ch),
    collection: ({ channel, ch }) => this.collection(channel ?? ch),
    id: ({ ch, col, collection, caller }) => this.recordId(ch, col ?? collection, caller),
    recordId: ({ op, channel, collection, caller }) =>
      op === 'create' ? undefined : this.recordId(channel, collection, caller),
    'one of records': ({ ch }) => this.#imported(ch),
    data: (scope) => this.#dataOf(scope),
    text: () => this.#sampler.text(),
    title: () => this.#sampler.text().slice(0, 60),
    emoji: () => oneOf(this.#dice, ['👍', '❤️', 'é', 'x']),
    path: () => '/text',
    message: ({ channel }) => this.recordId(channel, 'messages'),
    mail: () => 'a@example.com',
    symbol: () => oneOf(this.#dice, ['A', 'B', 'C']),
    files: ({ channel, caller }) => this.#fileReferences(channel, caller),
    replyTo: ({ channel }) => this.recordId(channel, 'messages'),
    mutedUntil: () => this.#date(),
    createdAt: () => (isLikely(this.#dice, 0.7) ? undefined : '2019-03-04T05:06:07Z'),
    updatedAt: () => undefined,
    pos: () => undefined,
    rev: () => undefined,
    head: () => undefined,
    ifRev: () => (isLikely(this.#dice, 0.9) ? undefined : this.#dice.between(0, 12)),
    key: () => (isLikely(this.#dice, 0.6) ? undefined : `key-${this.#dice.between(0, 500)}`),
    'Idempotency-Key': () => `key-${this.#dice.between(0, 500)}`,
    author: () => (isLikely(this.#dice, 0.95) ? undefined : oneOf(this.#dice, users)),
    'Dovetail-Author': () => (isLikely(this.#dice, 0.95) ? undefined : oneOf(this.#dice, users)),
    'If-Match': ({ ch, col, id }) => (isLikely(this.#dice, 0.8) ? undefined : this.#tag(ch, col, id)),
    'If-None-Match': ({ ch, col, id }) =>
      isLikely(this.#dice, 0.8) ? undefined : isLikely(this.#dice, 0.4) ? '*' : this.#tag(ch, col, id),
    'Dovetail-At': ({ ch }) => this.cursor(ch),
    'Last-Event-ID': ({ ch, pattern }) => this.#readOn(ch, pattern),
    lastEventId: ({ ch, pattern }) => this.#readOn(ch, pattern),
    cursor: ({ channel }) => this.cursor(channel),
    after: (scope) => this.#after(scope),
    before: () => this.#dice.between(0, 40),
    around: () => (isLikely(this.#dice, 0.8) ? undefined : this.#dice.between(0, 40)),
    q: () => this.#sampler.text(),
    prefix: () => oneOf(this.#dice, ['', 'chat:', 'dm', 'x']),
    ids: () => users.filter(() => isLikely(this.#dice, 0.6)).join(',') || 'ann',
    wait: () => (isLikely(this.#dice, 0.98) ? undefined : 1),
    ticket: () => (isLikely(this.#dice, 0.98) ? undefined : this.kept('ticket')),
    client: () => oneOf(this.#dice, clients),
    maxBytes: () => oneOf(this.#dice, [32_768, 65_536, 262_144, 2_000_000]),
    last: ({ channel }) => ({ [this.collection(channel)]: this.#dice.between(1, 60) }),
    type: ({ ofFile }) => (ofFile === true ? oneOf(this.#dice, ['image/png', 'text/plain', 'audio/x']) : 'typing'),
    size: () => this.#dice.between(1, 2000),
    user: ({ ofPassersBy }) => oneOf(this.#dice, ofPassersBy === true ? passersBy : [...users, ...passersBy]),
    name: () => `Name ${this.#dice.between(0, 9)}`,
    avatar: () => (isLikely(this.#dice, 0.5) ? undefined : 'https://example.com/a.png'),
    session: () => `s${this.#dice.between(0, 20)}`,
    pattern: () => oneOf(this.#dice, patterns),
    consumer: () => oneOf(this.#dice, consumers),
    worker: () => `w${this.#dice.between(1, 3)}`,
    lease: () => this.kept('lease'),
    webhook: () => 'away',
    event: () => this.kept('event') ?? 'evt_0',
    fileId: ({ ch }) =>
      this.kept(ch === undefined ? 'file' : `file ${String(ch)}`) ?? this.kept('file') ?? 'f'.repeat(32),
    file: () => 'start.js',
    code: () => 'reset',
    read: ({ fileId }) =>
      fileId === undefined ? this.#dice.between(0, 20) : (this.kept(`read ${String(fileId)}`) ?? 'x'),
    write: ({ fileId }) => this.kept(`write ${String(fileId)}`) ?? 'x',
    grants: () => (isLikely(this.#dice, 0.7) ? undefined : [{ channel: 'chat:*', can: ['read'] }]),
    delaySeconds: () => (isLikely(this.#dice, 0.9) ? undefined : 0.2),
    profile: ({ user }) => ({ user, name: 'Put back', guest: false }),
    visibility: ({ ch }) => (/^(dm|team)/.test(String(ch)) ? 'private' : oneOf(this.#dice, ['public', 'private'])),
  }

  #dataOf({ op, ch, col, channel, collection, ofSignal, caller }: Scope): unknown {
    if (ofSignal === true || op === 'signal') return this.#sampler.anything()
    if (op === 'delete') return undefined
    if (op === 'append') return [{ op: 'append', path: '/text', value: ` ${this.#sampler.text()}` }]
    const data = this.data(channel ?? ch, collection ?? col, caller)
    if (op !== 'patch' || isLikely(this.#dice, 0.5)) return data
    return Object.fromEntries(Object.entries(data as object).slice(0, 1))
  }

  #after({ ch, channel, col, pattern, query, user, ofSteps }: Scope): unknown {
    if (ofSteps === true) return undefined
    if (pattern !== undefined) return this.kept(`followed ${String(pattern)}`) ?? '0'
    if (col !== undefined) return isLikely(this.#dice, 0.7) ? undefined : this.#dice.between(0, 40)
    if (ch !== undefined || channel !== undefined) return this.cursor(ch ?? channel)
    if (user !== undefined || query === 'search') return undefined
    return oneOf(this.#dice, ['', 'chat:f2', 'b'])
  }

  #readOn(ch: unknown, pattern: unknown): unknown {
    if (isLikely(this.#dice, 0.6)) return undefined
    return pattern === undefined ? this.cursor(ch) : this.kept(`followed ${String(pattern)}`)
  }

  #tag(ch: unknown, col: unknown, id: unknown): unknown {
    return this.kept(`tag ${String(ch)} ${String(col)} ${String(id)}`) ?? '*'
  }

  #imported(channel: unknown): unknown {
    const collection = this.collection(channel)
    const record = this.#sampler.object(
      {
        properties: {
          collection: { const: collection } as Schema,
          id: {},
          author: {},
          createdAt: {},
          data: {},
        },
        required: ['collection', 'data'],
      },
      { ch: channel, channel },
    )
    return isLikely(this.#dice, 0.1) ? { ...record, id: 'x1', data: undefined, deleted: true } : record
  }

  #fileReferences(channel: unknown, caller: unknown): unknown {
    const file = this.kept(`uploaded ${String(channel)} ${String(caller)}`)
    return file === undefined || isLikely(this.#dice, 0.5) ? undefined : [file]
  }

  #date(): string {
    return oneOf(this.#dice, ['2019-03-04T05:06:07Z', '2020-02-29T23:59:59.999+14:00', '2099-01-01T00:00:00.1Z'])
  }

  oddText(): string {
    return oneOf(this.#dice, oddTexts)
  }
}
