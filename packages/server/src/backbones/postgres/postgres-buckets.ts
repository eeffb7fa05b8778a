import type { SharedBuckets } from '../../ports/buckets.ts'
import type { PostgresLine } from '../../postgres/postgres-line.ts'

/** Limits that all nodes share, by the clock of PostgreSQL. Buckets that are full again are deleted with the leases. */
export class PostgresBuckets implements SharedBuckets {
  readonly #line: PostgresLine

  constructor(line: PostgresLine) {
    this.#line = line
  }

  async take({ name, key, perSecond, burst }: Parameters<SharedBuckets['take']>[0]): Promise<number> {
    const [row] = await this.#line.query('SELECT dovetail.take_token($1, $2, $3)', [`${name}:${key}`, perSecond, burst])
    return Number(row?.[0])
  }
}
