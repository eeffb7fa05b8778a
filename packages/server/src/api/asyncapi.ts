/** The AsyncAPI 3 document of the WebSocket door, made from the frame schemas that the server checks by. */
import {
  Change,
  downSchemas,
  ErrorBody,
  FieldError,
  HelloOk,
  PingOk,
  PresentUser,
  Reply,
  SnapshotPage,
  SUBPROTOCOL,
  SubscribeOk,
  type UpOp,
  upSchemas,
  VERSION,
  WriteOk,
} from '@dovetail/protocol'
import * as record from '@dovetail/protocol/record'
import { NamedSchemas } from './named-schemas.ts'

const nothing = { type: 'object', properties: {} }

/** What stands under `ok` in the reply to each command. */
const okSchemas: Readonly<Record<UpOp, object>> = {
  hello: HelloOk,
  subscribe: SubscribeOk,
  unsubscribe: nothing,
  create: WriteOk,
  put: WriteOk,
  patch: WriteOk,
  delete: WriteOk,
  signal: nothing,
  state: nothing,
  ping: PingOk,
}

const named = new NamedSchemas({
  ...record,
  ...{ Change, FieldError, PresentUser, SnapshotPage, ErrorBody, HelloOk, SubscribeOk, WriteOk, PingOk },
})

const about = `What goes over the WebSocket at \`/v1/ws\`, subprotocol \`${SUBPROTOCOL}\`: text frames, one JSON object each.
\`hello\` is the first command. A command with an \`id\` gets exactly one reply, with \`ok\` or \`error\` and that \`id\`;
the codes are those of REST, described in /openapi.json. Frames of the server's own accord have no \`id\`.`

type Messages = Record<string, Record<string, unknown>>

/** @returns the document as plain JSON. */
export function asyncApiDocument(): Record<string, unknown> {
  const messages: Messages = { ...commands(), ...replies(), ...events() }
  return {
    asyncapi: '3.0.0',
    info: { title: 'Dovetail', version: `${VERSION}.0.0`, description: about, license: { name: 'MIT' } },
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
  properties: { ticket: { type: 'string', description: 'From POST /v1/tickets, where no header can be set.' } },
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

/** A signal has one shape on its way up and another on its way down. */
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

/** Seen from the server: it receives commands, and sends the rest. */
function commandOperations(): Record<string, unknown> {
  const entries = Object.keys(upSchemas).map((op) => [
    op,
    {
      action: 'receive',
      channel,
      messages: [inSocket(op)],
      reply: { channel, messages: [inSocket(`${op}Ok`), inSocket('refused')] },
    },
  ])
  return Object.fromEntries(entries)
}

function eventOperations(): Record<string, unknown> {
  const names = Object.keys(downSchemas).map(eventName)
  return Object.fromEntries(names.map((name) => [name, { action: 'send', channel, messages: [inSocket(name)] }]))
}
