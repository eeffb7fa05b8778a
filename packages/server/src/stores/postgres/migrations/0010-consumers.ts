import type { Migration } from './migration.ts'

/**
 * Named consumers, and the position of each in every channel. `lease` claimed the channel last; it is held while `held`,
 * and can be claimed from `until` on, by the database's clock.
 */
export const consumers: Migration = {
  version: 10,
  sql: `
    CREATE TABLE dovetail.consumers (
      name text COLLATE "C" PRIMARY KEY,
      pattern text COLLATE "C" NOT NULL,
      version text COLLATE "C" NOT NULL,
      created_at bigint NOT NULL
    );

    CREATE TABLE dovetail.consumer_positions (
      consumer text COLLATE "C" NOT NULL,
      channel text COLLATE "C" NOT NULL,
      cursor text COLLATE "C" NOT NULL,
      lease text COLLATE "C" NOT NULL,
      worker text COLLATE "C" NOT NULL,
      held boolean NOT NULL,
      until timestamptz NOT NULL,
      PRIMARY KEY (consumer, channel)
    );
    CREATE INDEX consumer_leases ON dovetail.consumer_positions (lease) WHERE held;
  `,
}
