/** One step of the schema. A released step never changes; a new one gets the next number. */
export interface Migration {
  readonly version: number
  readonly sql: string
}
