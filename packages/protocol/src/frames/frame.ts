import Type, { type TProperties } from 'typebox'

/** A command's reply carries the id that the client chose. */
export const CommandId = Type.Union([Type.String(), Type.Number()])

/** A command that gets exactly one reply. */
export function command<Op extends string, Fields extends TProperties>(op: Op, fields: Fields) {
  return Type.Object({ id: CommandId, op: Type.Literal(op), ...fields })
}

/** A command that may go without a reply. */
export function quietCommand<Op extends string, Fields extends TProperties>(op: Op, fields: Fields) {
  return Type.Object({ id: Type.Optional(CommandId), op: Type.Literal(op), ...fields })
}

/** What the server sends by itself. */
export function event<Op extends string, Fields extends TProperties>(op: Op, fields: Fields) {
  return Type.Object({ op: Type.Literal(op), ...fields })
}
