/** The three forms of a frame: a command with a reply, a command whose reply is optional, and an event. */
import Type, { type TProperties } from 'typebox'
import { leastFrameClass } from '../rules/frame-classes.ts'

export const CommandId = Type.Union([Type.String({ maxLength: 128 }), Type.Number()], {
  description: 'The id that the client chose for its command; the reply carries the same id.',
})

/** Where a command stands in a trace. What is not valid is passed over. */
const traceMembers = {
  traceparent: Type.Optional(
    Type.String({ description: 'Where the command stands in a distributed trace (W3C Trace Context).' }),
  ),
  tracestate: Type.Optional(Type.String({ description: 'What vendors of tracing add to `traceparent`.' })),
}

/** A command that gets exactly one reply. */
export function command<Op extends string, Fields extends TProperties>(op: Op, fields: Fields) {
  const kind = Type.Literal(op, { description: 'The kind of this message.' })
  return Type.Object({ id: CommandId, op: kind, ...fields, ...traceMembers })
}

/** A command that gets a reply only where it carries an id. */
export function quietCommand<Op extends string, Fields extends TProperties>(op: Op, fields: Fields) {
  return Type.Object({
    id: Type.Optional(CommandId),
    op: Type.Literal(op, { description: 'The kind of this message.' }),
    ...fields,
    ...traceMembers,
  })
}

/** A frame that the server sends without a command. */
export function event<Op extends string, Fields extends TProperties>(op: Op, fields: Fields) {
  return Type.Object({ op: Type.Literal(op, { description: 'The kind of this message.' }), ...fields })
}

/** The field with which a client asks for smaller frames. */
export const maxBytes = Type.Optional(
  Type.Integer({
    minimum: leastFrameClass,
    description:
      'The most bytes of a message that the client reads, rounded down to 32, 64 or 256 KiB or 1 MiB. What would not fit is sent in several messages, and a record that would not fit alone without its data.',
  }),
)
