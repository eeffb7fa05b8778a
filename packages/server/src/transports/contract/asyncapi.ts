/** Builds the AsyncAPI 3 document of the WebSocket from the frame schemas with which the server validates. */
import {
  AppendChange,
  AppendOk,
  AppendOperation,
  downSchemas,
  ErrorBody,
  FieldError,
  FollowedChannel,
  FollowedEnd,
  HelloOk,
  PingOk,
  PresenceState,
  PresentUser,
  Reply,
  SentChange,
  SnapshotPage,
  SUBPROTOCOL,
  SubscribeOk,
  type UpOp,
  upSchemas,
  WriteOk,
} from 'dovetail-protocol'
import * as record from 'dovetail-protocol/record'
import { commandDescriptions, eventDescriptions } from './frame-descriptions.ts'
import { NamedSchemas } from './named-schemas.ts'
import { releaseVersion } from './release-version.ts'

const nothing = { type: 'object', properties: {}, description: 'An empty object.' }

/** The schema of `ok` in the reply to each command. */
const okSchemas: Readonly<Record<UpOp, object>> = {
  hello: HelloOk,
  subscribe: SubscribeOk,
  unsubscribe: nothing,
  follow: nothing,
  unfollow: nothing,
  create: WriteOk,
  put: WriteOk,
  patch: WriteOk,
  append: AppendOk,
  delete: WriteOk,
  signal: nothing,
  state: nothing,
  ping: PingOk,
}

const named = new NamedSchemas({
  ...record,
  ...{
    SentChange,
    FieldError,
    PresentUser,
    PresenceState,
    SnapshotPage,
    ErrorBody,
    FollowedChannel,
    FollowedEnd,
    HelloOk,
    SubscribeOk,
    WriteOk,
    AppendOk,
    AppendOperation,
    AppendChange,
    PingOk,
  },
  Nothing: nothing,
})

const about = `What goes over the WebSocket at \`/v1/ws\`, subprotocol \`${SUBPROTOCOL}\`: text frames, one JSON object each.
\`hello\` is the first command. A command with an \`id\` gets exactly one reply, with \`ok\` or \`error\` and that \`id\`;
the codes are those of REST, described in /openapi.json. Frames of the server's own accord have no \`id\`. The channel
\`me:<user>\` is the caller's own feed: memberships and read markers.`

type Messages = Record<string, Record<string, unknown>>

/** @returns the document as plain JSON. */
export function asyncApiDocument(): Record<string, unknown> {
  const messages: Messages = { ...commands(), ...replies(), ...events() }
  return {
    asyncapi: '3.0.0',
    info: { title: 'Dovetail', version: releaseVersion, description: about, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    channels: {
      socket: {
        address: '/v1/ws',
        title: 'One WebSocket',
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: { ws: { method: 'GET', query: ticketQuery, bindingVersion: '0.1.0' } },
      },
    },
    operations: { ...commandOperations(), ...eventOperations() },
    components: { messages, schemas: named.all() },
  }
}

const ticketQuery = {
  type: 'object',
  properties: {
    ticket: { type: 'string', description: 'A ticket of POST /v1/tickets, for clients that can set no header.' },
  },
}

function message(name: string, title: string, payload: unknown): Messages {
  return { [name]: { name, title, payload: named.refer(payload) } }
}

function commands(): Messages {
  return Object.assign(
    {},
    ...Object.entries(upSchemas).map(([op, schema]) => message(op, `The command "${op}"`, schema)),
  )
}

function events(): Messages {
  return Object.assign(
    {},
    ...Object.entries(downSchemas).map(([op, schema]) => message(eventName(op), `The event "${op}"`, schema)),
  )
}

/** An event has a name of its own, because the command `signal` and the event `signal` have different schemas. */
function eventName(op: string): string {
  return `${op}Event`
}

function replies(): Messages {
  const [okReply, errorReply] = Reply.anyOf
  const ok = Object.entries(okSchemas).map(([op, schema]) =>
    message(`${op}Ok`, `The reply to "${op}"`, { ...okReply, properties: { ...okReply.properties, ok: schema } }),
  )
  return Object.assign({}, ...ok, message('refused', 'The reply to a command that is refused', errorReply))
}

function inSocket(name: string): { $ref: string } {
  return { $ref: `#/channels/socket/messages/${name}` }
}

const channel = { $ref: '#/channels/socket' }

/** The operations as the server sees them: it receives commands and sends replies and events. */
function commandOperations(): Record<string, unknown> {
  const entries = Object.entries(commandDescriptions).map(([op, description]) => [
    op,
    {
      action: 'receive',
      description,
      tags: [{ name: 'commands' }],
      channel,
      messages: [inSocket(op)],
      reply: { channel, messages: [inSocket(`${op}Ok`), inSocket('refused')] },
    },
  ])
  return Object.fromEntries(entries)
}

function eventOperations(): Record<string, unknown> {
  const entries = Object.entries(eventDescriptions).map(([op, description]) => {
    const name = eventName(op)
    return [name, { action: 'send', description, tags: [{ name: 'events' }], channel, messages: [inSocket(name)] }]
  })
  return Object.fromEntries(entries)
}
