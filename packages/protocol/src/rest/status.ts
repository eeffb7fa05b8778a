/** The reply of the route that shows services and admins how the server is. */
import Type, { type Static } from 'typebox'
import { ResetReason } from '../frames/subscribe.ts'
import { nullable } from '../nullable.ts'

const timestamp = (what: string) => Type.String({ description: `${what}: ISO 8601, UTC.` })
const count = (what: string) => Type.Integer({ minimum: 0, description: what })
const rate = (what: string) => Type.Number({ minimum: 0, description: `${what} a second, over the last seconds.` })
const user = nullable(Type.String({ description: 'The user; null: none is known.' }))
const channel = Type.String({ description: 'The name of the channel.' })
const words = <const Words extends readonly string[]>(all: Words, description: string) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: [...all], description })

/** One node and its load. */
export const NodeStatus = Type.Object({
  name: Type.String({ description: 'The name of the machine and the id of the process there.' }),
  version: Type.String({ description: 'The version of the server.' }),
  startedAt: timestamp('When it was started'),
  heardAt: timestamp('When the answering node heard of it last'),
  state: words(['serving', 'leaving'], '`leaving`: it shuts down, and its readers go to other nodes.'),
  connections: count('WebSockets, event streams and parked polls.'),
  readers: count('Who reads on now.'),
  readersBehind: count('Of these, who takes less than there is.'),
  channels: count('The channels that it follows for its readers.'),
  writesPerSecond: rate('Writes and batches'),
  framesPerSecond: rate('Frames sent to readers'),
  lagMs: nullable(
    Type.Number({
      minimum: 0,
      description:
        'The mean time from when the node knew of a change until it was written to its readers, in ms; null: none was lately.',
    }),
  ),
  memoryBytes: count('The memory of the process, in bytes.'),
  busyShare: Type.Number({ minimum: 0, maximum: 1, description: 'The share of time in which its event loop worked.' }),
})
export type NodeStatus = Static<typeof NodeStatus>

/** A channel that the answering node follows for its readers. */
export const LiveChannel = Type.Object({
  channel,
  head: count('The newest revision.'),
  readers: count('Who reads it on this node.'),
  behind: count('Of the readings of it, those that are behind.'),
  behindSeconds: Type.Number({ minimum: 0, description: 'For how long the longest of these has been behind.' }),
  changesPerSecond: rate('Changes'),
})
export type LiveChannel = Static<typeof LiveChannel>

/** A reader of the answering node that takes less than there is. */
export const SlowReader = Type.Object({
  user,
  role: Type.String({ description: 'The role of its token.' }),
  session: nullable(Type.String({ description: 'The sign-in of its token, which can be revoked; null: it has none.' })),
  transport: words(['websocket', 'sse', 'long_poll'], 'How it reads.'),
  queuedBytes: count('Bytes in memory that wait to be sent to it.'),
  behindSeconds: Type.Number({ minimum: 0, description: 'For how long it has been behind.' }),
  channels: Type.Array(channel, { description: 'The channels in which it is behind, 5 at most.' }),
})
export type SlowReader = Static<typeof SlowReader>

/** A reader that was told to start over. */
export const RecentReset = Type.Object({ at: timestamp('When'), channel, reason: ResetReason, user })
export type RecentReset = Static<typeof RecentReset>

/** A request or command that was refused. */
export const RecentRefusal = Type.Object({
  at: timestamp('When'),
  transport: words(['http', 'websocket'], 'How it came.'),
  request: Type.String({ description: 'The method and route of a request, or the name of a command.' }),
  code: Type.String({ description: 'The error code.' }),
  detail: Type.String({ description: 'Why, in a sentence.' }),
  user,
  address: Type.String({ description: 'The address of the client.' }),
})
export type RecentRefusal = Static<typeof RecentRefusal>

/** A connection that the server ended. */
export const RecentEnd = Type.Object({
  at: timestamp('When'),
  transport: words(['http', 'websocket', 'sse'], 'What kind of connection.'),
  code: Type.Integer({ description: 'The close code.' }),
  reason: Type.String({ description: 'Why, in a few words.' }),
  user,
})
export type RecentEnd = Static<typeof RecentEnd>

export const ServerStatus = Type.Object({
  at: timestamp('When this was read'),
  node: Type.String({ description: 'The name of the node that answers; all but `nodes` is about it alone.' }),
  nodes: Type.Array(NodeStatus, { description: 'The node that answers, then the others that it heard of lately.' }),
  channels: Type.Array(LiveChannel, { description: 'The busiest channels, 20 at most.' }),
  slowReaders: Type.Array(SlowReader, { description: 'Those who have been behind for the longest, 20 at most.' }),
  resets: Type.Array(RecentReset, { description: 'The newest first, 50 at most.' }),
  refusals: Type.Array(RecentRefusal, { description: 'The newest first, 50 at most.' }),
  ends: Type.Array(RecentEnd, { description: 'The newest first, 50 at most.' }),
})
export type ServerStatus = Static<typeof ServerStatus>
