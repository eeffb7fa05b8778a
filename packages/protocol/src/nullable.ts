import Type from 'typebox'

/** A schema for values of `type` and for `null`. */
export const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()], 'description' in type ? { description: String(type.description) } : {})
