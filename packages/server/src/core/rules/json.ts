/**
 * JSON as data: canonical text, merge patch, and what must not be stored. Nothing here recurses on
 * input that the depth limit has not bounded, and no key is treated as special.
 */

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Text that is equal exactly where the parsed values are equal: keys sorted, no spaces. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const object = value as { [key: string]: unknown }
  const keys = Object.keys(object).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key])}`).join(',')}}`
}

/** Whether two JSON texts, both made by `JSON.stringify`, hold equal values. */
export function sameJson(a: string, b: string): boolean {
  if (a === b) return true
  // Key order is all that can differ, and it does not change the length.
  return a.length === b.length && canonicalJson(JSON.parse(a)) === canonicalJson(JSON.parse(b))
}

/** RFC 7396. `__proto__` is a key like any other: set as an own property, never by assignment. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const result: { [key: string]: unknown } = {}
  if (isObject(target)) for (const key of Object.keys(target)) setOwn(result, key, target[key])
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (value === null) delete result[key]
    else setOwn(result, key, mergePatch(Object.hasOwn(result, key) ? result[key] : undefined, value))
  }
  return result
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function setOwn(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
}

/** Neither a lone surrogate nor U+0000 is in it: text that every store keeps as it is. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000')
}

/**
 * Whether a JSON text made by `JSON.stringify` holds a lone surrogate or U+0000. Both appear there
 * as escapes only, so a text without `\u` is clean at once.
 */
export function hasForbiddenText(text: string): boolean {
  return text.includes('\\u') && holds(JSON.parse(text) as Json, (string) => !isStorableText(string))
}

function holds(value: Json, test: (text: string) => boolean): boolean {
  if (typeof value === 'string') return test(value)
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some((item) => holds(item, test))
  return Object.entries(value).some(([key, item]) => test(key) || holds(item, test))
}

/**
 * A JSON pointer to the first number that is too large for a double; `null`: there is none. `JSON.parse` makes such
 * numbers Infinity, and they would be stored as null.
 */
export function infiniteNumberIn(value: unknown): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : ''
  if (typeof value !== 'object' || value === null) return null
  for (const [key, item] of Object.entries(value)) {
    const below = infiniteNumberIn(item)
    if (below !== null) return `/${escapePointer(key)}${below}`
  }
  return null
}

/** A key as a part of a JSON pointer (RFC 6901, section 3). */
export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Nothing that is nested so deep is worth reading to its end. More than a WebSocket message can hold. */
const hopeless = 200_000

/** A JSON text that is safe to parse, and how deep the whole text nests. */
export interface Shallow {
  readonly text: string
  readonly depth: number
}

/**
 * Cuts out what is nested deeper than `maxDepth`, without parsing it: `JSON.parse` takes 0.2 s for a megabyte of
 * brackets. What is cut becomes `null`, so the rest of the text can be read. Text in strings does not count.
 */
export function cutDeeper(text: string, maxDepth: number): Shallow {
  const kept: string[] = []
  let keptFrom = 0
  let depth = 0
  let deepest = 0
  for (let i = 0; i < text.length && depth < hopeless; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x22) i = endOfString(text, i)
    else if (code === 0x7b || code === 0x5b) {
      if (depth === maxDepth) kept.push(text.slice(keptFrom, i), 'null')
      if (++depth > deepest) deepest = depth
    } else if (code === 0x7d || code === 0x5d) {
      if (depth === maxDepth + 1) keptFrom = i + 1
      depth--
    }
  }
  if (depth === hopeless) return { text: 'null', depth }
  if (deepest <= maxDepth) return { text, depth: deepest }
  if (depth <= maxDepth) kept.push(text.slice(keptFrom))
  return { text: kept.join(''), depth: deepest }
}

/** The index of the quote that ends the string begun at `start`. */
function endOfString(text: string, start: number): number {
  let at = start
  for (;;) {
    at = text.indexOf('"', at + 1)
    if (at < 0) return text.length
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++
    if (slashes % 2 === 0) return at
  }
}
