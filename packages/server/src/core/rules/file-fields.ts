/** Where the data of a collection refers to files: found in its schema, by the mark of `fileReference`. */

import { escapePointer } from './json.ts'

/** The keyword of JSON Schema that marks what refers to a file: a text that is its id, or an object that has it as `id`. */
export const fileMark = 'x-dovetail-file'

/** Names of members from the top of the data; `null` stands for each item of a list. */
export type FieldPath = readonly (string | null)[]

/** Where a place in the data refers to a file. */
export interface FileField {
  readonly pointer: string
  readonly value: unknown
}

const alternatives = ['anyOf', 'allOf', 'oneOf'] as const

/** The paths of all marked places of a schema. */
export function fileFieldsOf(schema: unknown, path: FieldPath = []): FieldPath[] {
  if (typeof schema !== 'object' || schema === null) return []
  const parts = new Map<string, unknown>(Object.entries(schema))
  if (parts.get(fileMark) === true) return [path]
  const members = Object.entries(parts.get('properties') ?? {})
  return [
    ...members.flatMap(([name, member]) => fileFieldsOf(member, [...path, name])),
    ...fileFieldsOf(parts.get('items'), [...path, null]),
    ...alternatives.flatMap((keyword) => [parts.get(keyword) ?? []].flat().flatMap((each) => fileFieldsOf(each, path))),
  ]
}

/** What stands in the data at these paths. */
export function fileFieldsIn(data: unknown, paths: readonly FieldPath[]): FileField[] {
  return paths.flatMap((path) => valuesAt(data, path, ''))
}

function valuesAt(data: unknown, [step, ...rest]: FieldPath, pointer: string): FileField[] {
  if (data === undefined || data === null) return []
  if (step === undefined) return [{ pointer, value: data }]
  if (step === null)
    return Array.isArray(data) ? data.flatMap((each, index) => valuesAt(each, rest, `${pointer}/${index}`)) : []
  return Object.hasOwn(data, step)
    ? valuesAt((data as Record<string, unknown>)[step], rest, `${pointer}/${escapePointer(step)}`)
    : []
}

/** The id of the file that is referred to; `null`: the value has none. */
export function fileIdIn(value: unknown): string | null {
  const id = typeof value === 'object' && value !== null ? (value as { id?: unknown }).id : value
  return typeof id === 'string' ? id : null
}

/** Whether JSON text may have something at these paths: most data has not, and need not be parsed. */
export function mayHaveFiles(text: string, paths: readonly FieldPath[]): boolean {
  return paths.some(([first]) => typeof first !== 'string' || text.includes(JSON.stringify(first)))
}

/** The ids of all files to which the data refers, each once. */
export function fileIdsIn(data: unknown, paths: readonly FieldPath[]): string[] {
  return [...new Set(fileFieldsIn(data, paths).flatMap(({ value }) => fileIdIn(value) ?? []))]
}
