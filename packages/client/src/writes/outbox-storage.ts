/** The part of the Web Storage interface that the outbox needs. */
export interface OutboxStorage {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}
