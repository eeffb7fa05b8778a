import { type Arbitrary, constantFrom, oneof, record, tuple } from 'fast-check'
import type { Headers } from '../../support/clients/rest.ts'

/** A request of somebody who may not know of the channel that stands in it as `CHANNEL`. */
export interface HttpRequest {
  readonly method: string
  readonly path: string
  readonly headers: Headers
  readonly body: string | undefined
}

/** The same as a command of a socket. */
export type SocketCommand = Readonly<Record<string, unknown>> & { readonly op: string }

const json = { 'content-type': 'application/json' }
const channel = '/v1/channels/CHANNEL'

/** Ids that are there, were there, and never were. */
const ids = constantFrom('m1', 'gone', 'never', 'olga')
const collections = constantFrom('messages', 'members', 'reactions')
const cursors = constantFrom('', '0', 'EPOCH.1', 'EPOCH.3', 'EPOCH.999', 'other.2')
const payloads = constantFrom('{"text":"a"}', '{}', '{"user":"eve","role":"owner"}', '{"text":"\\ud83d"}')
const conditions: Arbitrary<Headers> = constantFrom<Headers[]>(
  {},
  { 'if-match': '"EPOCH-2"' },
  { 'if-match': '*' },
  { 'if-none-match': '*' },
  { 'if-none-match': '"EPOCH-2"' },
  { 'idempotency-key': 'k1' },
)

const none = undefined
const ask = (method: string, path: string, headers: Headers = {}, body: string | undefined = none): HttpRequest => ({
  method,
  path,
  headers,
  body,
})

const reading = constantFrom('GET', 'HEAD', 'OPTIONS')

const channelAsks: Arbitrary<HttpRequest> = oneof(
  reading.map((method) => ask(method, channel)),
  constantFrom('DELETE', 'PATCH', 'POST').map((method) => ask(method, channel, json, '{}')),
  reading.map((method) => ask(method, '/v1/channels?prefix=CHANNEL')),
  constantFrom('{"read":1}', '{"read":-1}').map((body) => ask('PUT', '/v1/me/channels/CHANNEL', json, body)),
  reading.map((method) => ask(method, `${channel}/presence`)),
  constantFrom('{"client":"c"}', '{"client":"c","state":{"a":1}}').map((body) =>
    ask('POST', `${channel}/presence`, json, body),
  ),
  constantFrom('{"type":"typing","data":{}}', '{}').map((body) => ask('POST', `${channel}/signals`, json, body)),
)

const recordAsks: Arbitrary<HttpRequest> = oneof(
  tuple(reading, collections, constantFrom('', '?limit=2', '?before=2', '?after=1', '?around=2', '?q=secret')).map(
    ([method, collection, query]) => ask(method, `${channel}/${collection}${query}`),
  ),
  tuple(reading, collections, ids, conditions).map(([method, collection, id, headers]) =>
    ask(method, `${channel}/${collection}/${id}`, headers),
  ),
  tuple(constantFrom('PUT', 'PATCH', 'DELETE'), collections, ids, conditions, payloads).map(
    ([method, collection, id, headers, body]) =>
      ask(method, `${channel}/${collection}/${id}`, { ...json, ...headers }, method === 'DELETE' ? none : body),
  ),
  tuple(collections, conditions, payloads).map(([collection, headers, body]) =>
    ask('POST', `${channel}/${collection}`, { ...json, ...headers }, body),
  ),
  tuple(constantFrom('create', 'put', 'patch', 'delete'), ids, payloads).map(([op, recordId, data]) => {
    const write = { op, channel: 'CHANNEL', collection: 'messages', recordId, data: JSON.parse(data), key: 'k1' }
    return ask('POST', '/v1/batch', json, JSON.stringify({ writes: [write] }))
  }),
)

const changesAsks: Arbitrary<HttpRequest> = oneof(
  tuple(
    reading,
    cursors,
    constantFrom('', '&wait=1', '&wait=1&presence=1&client=c', '&wait=1&signals=1'),
    constantFrom<Headers[]>({}, { accept: 'text/event-stream' }),
  ).map(([method, after, query, headers]) => ask(method, `${channel}/changes?after=${after}${query}`, headers)),
  tuple(cursors, constantFrom('', '&wait=1', '&wait=1&presence=1&client=c')).map(([after, query]) =>
    ask('GET', `/v1/changes?sub=CHANNEL@${after}${query}`),
  ),
  // A stream of several that has nothing to follow ends by itself.
  cursors.map((after) => ask('GET', `/v1/changes?sub=CHANNEL@${after}`, { accept: 'text/event-stream' })),
  tuple(cursors, constantFrom('', '?wait=1')).map(([after, query]) =>
    ask('POST', `/v1/changes${query}`, json, JSON.stringify({ subs: { CHANNEL: after } })),
  ),
)

const searchAsks: Arbitrary<HttpRequest> = tuple(
  reading,
  constantFrom('secret', '', 'm1'),
  constantFrom('', '&collection=messages', '&limit=1', '&after=1'),
).map(([method, q, rest]) => ask(method, `/v1/search?channel=CHANNEL&q=${q}${rest}`))

export const httpRequests: Arbitrary<HttpRequest> = oneof(channelAsks, recordAsks, changesAsks, searchAsks)

const named = { channel: 'CHANNEL' }

export const socketCommands: Arbitrary<SocketCommand> = oneof(
  record(
    {
      after: cursors,
      last: constantFrom({ messages: 5 }, { members: 5 }, { messages: 5, members: 5 }),
      presence: constantFrom(true, false),
      signals: constantFrom(true, false),
    },
    { requiredKeys: [] },
  ).map((fields) => ({ op: 'subscribe', ...named, ...fields })),
  constantFrom({ op: 'unsubscribe', ...named }),
  tuple(collections, payloads).map(([collection, data]) => ({
    op: 'create',
    ...named,
    collection,
    data: JSON.parse(data),
    key: 'k1',
  })),
  tuple(constantFrom('put', 'patch', 'delete'), collections, ids, payloads, constantFrom(0, 2)).map(
    ([op, collection, recordId, data, ifRev]) => {
      const write = { op, ...named, collection, recordId, ifRev }
      return op === 'delete' ? write : { ...write, data: JSON.parse(data) }
    },
  ),
  constantFrom({ op: 'signal', ...named, type: 'typing', data: {} }),
  constantFrom({ op: 'state', ...named, state: { a: 1 } }),
)

/** The ask with its channel and epoch filled in. */
export function filled<Ask extends HttpRequest | SocketCommand>(ask: Ask, name: string, epoch: string): Ask {
  return JSON.parse(JSON.stringify(ask).replaceAll('CHANNEL', name).replaceAll('EPOCH', epoch)) as Ask
}
