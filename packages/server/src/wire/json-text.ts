/**
 * A string type for encoded JSON, with the type of the encoded value. A record's data is stored as text and sent as
 * text, because parsing and encoding it again would cost more than the rest of a frame. The brand distinguishes encoded
 * JSON from any other string, so that the compiler finds data that was not encoded, or would be encoded twice.
 */
declare const content: unique symbol

/** The JSON text of a `T`. */
export type JsonText<T = unknown> = string & { readonly [content]: T }

/** Encodes a value of one of the protocol's types. */
export function encodeJson<T>(value: T): JsonText<T> {
  return JSON.stringify(value) as JsonText<T>
}

/** Brands text that `JSON.stringify` made earlier: a record's data, a presence state, a signal's data. */
export function storedJson<T = unknown>(text: string): JsonText<T> {
  return text as JsonText<T>
}

export function encodeList<T>(items: readonly JsonText<T>[]): JsonText<T[]> {
  return `[${items.join(',')}]` as JsonText<T[]>
}

/** For a list, the text of each item; for any other type, one text. */
type TextOf<T> = T extends readonly (infer Item)[] ? readonly JsonText<Item>[] : JsonText<T>

/** The members of a message `T`, of which those named by `Texts` are JSON text already. */
export type WithTexts<T, Texts extends keyof T> = Readonly<Omit<T, Texts>> & {
  readonly [Member in keyof Pick<T, Texts>]: TextOf<NonNullable<T[Member]>>
}
