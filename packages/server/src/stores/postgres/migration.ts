/** One step of the schema. A released one never changes; the next one gets the next number. */
export interface Migration {
  readonly version: number
  readonly sql: string
}
