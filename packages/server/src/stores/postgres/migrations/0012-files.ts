import type { Migration } from './migration.ts'

/** What is known of files, and which records refer to them. The bytes are elsewhere. */
export const files: Migration = {
  version: 12,
  sql: `
    CREATE TABLE dovetail.files (
      id text COLLATE "C" PRIMARY KEY,
      channel text COLLATE "C" NOT NULL,
      author text COLLATE "C" NOT NULL,
      name text NOT NULL,
      type text NOT NULL,
      size bigint NOT NULL,
      width integer,
      height integer,
      created_at bigint NOT NULL,
      state text NOT NULL,
      -- When it is removed; null: a record refers to it.
      until bigint
    );
    CREATE INDEX files_until ON dovetail.files (until) WHERE until IS NOT NULL;
    CREATE INDEX files_author ON dovetail.files (author, channel);
    CREATE TABLE dovetail.file_claims (
      file text COLLATE "C" NOT NULL,
      channel text COLLATE "C" NOT NULL,
      collection text COLLATE "C" NOT NULL,
      record text COLLATE "C" NOT NULL,
      claims integer NOT NULL,
      is_settled boolean NOT NULL,
      -- When the record is to be compared; null: it was.
      check_at bigint,
      PRIMARY KEY (file, collection, record)
    );
    CREATE INDEX file_claims_record ON dovetail.file_claims (channel, collection, record);
    CREATE INDEX file_claims_check_at ON dovetail.file_claims (check_at) WHERE check_at IS NOT NULL;
  `,
}
