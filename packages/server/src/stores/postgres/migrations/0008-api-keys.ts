import type { Migration } from './migration.ts'

/** API keys of services, each by its digest. */
export const apiKeys: Migration = {
  version: 8,
  sql: `
    CREATE TABLE dovetail.api_keys (
      id text COLLATE "C" PRIMARY KEY,
      digest text COLLATE "C" NOT NULL UNIQUE,
      "user" text COLLATE "C" NOT NULL,
      role text COLLATE "C" NOT NULL,
      created_at bigint NOT NULL,
      last_used_at bigint
    );
  `,
}
