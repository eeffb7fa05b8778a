import type { Migration } from './migration.ts'

/** Appends in the outbox: `dovetail.append` leaves the one operation of an append, as a list, in `data`. */
export const outboxAppends: Migration = {
  version: 13,
  sql: `
    ALTER TABLE dovetail.outbox DROP CONSTRAINT outbox_op_check;
    ALTER TABLE dovetail.outbox ADD CONSTRAINT outbox_op_check
      CHECK (op IN ('create', 'put', 'patch', 'append', 'delete'));

    CREATE FUNCTION dovetail.append(channel text, collection text, id text, path text, piece text,
      author text DEFAULT NULL, key text DEFAULT NULL) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      INSERT INTO dovetail.outbox (channel, collection, op, record, data, author, key)
      VALUES (append.channel, append.collection, 'append', append.id,
        jsonb_build_array(jsonb_build_object('op', 'append', 'path', append.path, 'value', append.piece)),
        append.author, append.key)
      RETURNING outbox.id
    $body$;
    REVOKE EXECUTE ON FUNCTION dovetail.append FROM PUBLIC;
  `,
}
