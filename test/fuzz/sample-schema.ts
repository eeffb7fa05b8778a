/**
 * Values that fit a JSON Schema, as the server's own descriptions have it. A property whose name means something in the
 * world of the test (a channel, a cursor, a lease) gets a value from there, so that most of what is made is accepted.
 */

import type { SeededRandom } from 'dovetail-lab/check'
import fastCheck from 'fast-check'
import { byWeight, isLikely, oneOf } from './chance.ts'

export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
}

/** What was chosen already for the same object, and around it. */
export type Scope = Readonly<Record<string, unknown>>

/** Said of a member that is to be left out this time. */
export const leftOut = Symbol('left out')

/** A value for what bears this name; `undefined`: the name means nothing, and the schema decides. */
export type Named = (name: string, scope: Scope) => unknown

const words = ['hello', 'world', 'fuzz', 'Straße', 'İstanbul', '東京', 'สวัสดี', 'a', 'ß', '👩‍👩‍👧', 'naïve', 'x1']

/** Texts of a pattern are made once: making them is slow. */
const ofPatterns = new Map<string, readonly string[]>()

export class SchemaSampler {
  readonly #dice: SeededRandom
  readonly #named: Named
  readonly #components: Readonly<Record<string, Schema>>

  constructor(dice: SeededRandom, named: Named, components: Readonly<Record<string, Schema>> = {}) {
    this.#dice = dice
    this.#named = named
    this.#components = components
  }

  value(given: Schema, name = '', scope: Scope = {}): unknown {
    const schema = this.#resolved(given)
    const named = this.#named(name, scope)
    if (named !== undefined) return named === leftOut ? undefined : named
    if ('const' in schema) return schema.const
    if (schema.enum !== undefined) return oneOf(this.#dice, schema.enum)
    if (schema.anyOf !== undefined) return this.value(oneOf(this.#dice, schema.anyOf), '', scope)
    switch (schema.type) {
      case 'object':
        return this.object(schema, scope)
      case 'array':
        return this.#array(schema, name, scope)
      case 'string':
        return this.#text(schema)
      case 'integer':
        return this.#dice.between(schema.minimum ?? 0, Math.min(schema.maximum ?? 60, (schema.minimum ?? 0) + 60) + 1)
      case 'number':
        return Math.min(schema.maximum ?? 100, (schema.minimum ?? 0) + Math.round(this.#dice.next() * 100) / 10)
      case 'boolean':
        return isLikely(this.#dice, 0.5)
      case 'null':
        return null
      default:
        return this.anything()
    }
  }

  /** Of the members that need not stand there, about half do. */
  object(given: Schema, around: Scope = {}): Record<string, unknown> {
    const schema = this.#resolved(given)
    const made: Record<string, unknown> = {}
    for (const [name, each] of Object.entries(schema.properties ?? {})) {
      if (schema.required?.includes(name) !== true && isLikely(this.#dice, 0.5)) continue
      const value = this.value(each, name, { ...around, ...made })
      if (value !== undefined) made[name] = value
    }
    const [pattern, inside] = Object.entries(schema.patternProperties ?? {})[0] ?? []
    if (pattern !== undefined && inside !== undefined) {
      for (let count = this.#dice.between(1, 4); count > 0; count--) {
        const key = this.#named('key of a map', around)
        made[typeof key === 'string' ? key : this.#text({ pattern })] = this.value(inside, 'value of a map', {
          ...around,
          channel: key,
        })
      }
    }
    return made
  }

  /** Any JSON, small. */
  anything(levels = 3): unknown {
    const kind = byWeight(this.#dice, { text: 4, number: 2, flag: 1, nothing: 1, list: 1, object: 3 })
    switch (kind) {
      case 'text':
        return this.text()
      case 'number':
        return this.#dice.between(-1000, 1000) / (isLikely(this.#dice, 0.5) ? 1 : 7)
      case 'flag':
        return isLikely(this.#dice, 0.5)
      case 'nothing':
        return null
      case 'list':
        return levels === 0 ? [] : Array.from({ length: this.#dice.between(0, 4) }, () => this.anything(levels - 1))
      case 'object': {
        const names = Array.from({ length: levels === 0 ? 0 : this.#dice.between(0, 4) }, () =>
          oneOf(this.#dice, words),
        )
        return Object.fromEntries(names.map((name) => [name, this.anything(levels - 1)]))
      }
    }
  }

  text(): string {
    return Array.from({ length: this.#dice.between(1, 9) }, () => oneOf(this.#dice, words)).join(' ')
  }

  #resolved(schema: Schema): Schema {
    if (schema.$ref === undefined) return schema
    const target = this.#components[schema.$ref.replace(/^#\/components\/schemas\//, '')]
    if (target === undefined) throw new Error(`no schema ${schema.$ref}`)
    return this.#resolved(target)
  }

  #array({ items = {}, minItems = 0, maxItems = 6 }: Schema, name: string, scope: Scope): unknown[] {
    const length = this.#dice.between(Math.max(minItems, 1), Math.min(maxItems, minItems + 6) + 1)
    return Array.from({ length }, () => this.value(items, `one of ${name}`, scope))
  }

  #text({ pattern, minLength = 0, maxLength = 200 }: Schema): string {
    if (pattern === undefined) return this.text().slice(0, maxLength).padEnd(minLength, 'x')
    const made = ofPatterns.get(pattern) ?? textsOf(pattern)
    ofPatterns.set(pattern, made)
    return oneOf(this.#dice, made).slice(0, maxLength)
  }
}

function textsOf(pattern: string): string[] {
  return fastCheck.sample(fastCheck.stringMatching(new RegExp(pattern, 'u')), { seed: 1, numRuns: 40 })
}
