import type { Migration } from './migration.ts'

/** Tables of what is kept per user rather than per channel. */
export const accounts: Migration = {
  version: 2,
  sql: `
    CREATE TABLE dovetail.revocations (
      kind text COLLATE "C" NOT NULL,
      id text COLLATE "C" NOT NULL,
      at bigint NOT NULL,
      until bigint NOT NULL,
      touched xid8 NOT NULL,
      PRIMARY KEY (kind, id)
    );
    CREATE INDEX revocations_by_touch ON dovetail.revocations (touched);

    CREATE TABLE dovetail.spent (id text COLLATE "C" PRIMARY KEY, until bigint NOT NULL);
    CREATE INDEX spent_by_end ON dovetail.spent (until);

    CREATE TABLE dovetail.markers (
      "user" text COLLATE "C" NOT NULL,
      channel text COLLATE "C" NOT NULL,
      epoch text COLLATE "C" NOT NULL,
      pos bigint NOT NULL,
      PRIMARY KEY ("user", channel)
    );

    CREATE INDEX memberships ON dovetail.records (id, channel) WHERE collection = 'members' AND NOT deleted;
  `,
}
