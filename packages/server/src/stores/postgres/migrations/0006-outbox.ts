import type { Migration } from './migration.ts'

/**
 * The outbox: writes that an application leaves here within its own transaction, by `dovetail.publish` or an INSERT.
 *
 * Numbers of a sequence are given when a row is inserted, not when it is committed: of two transactions the later number
 * could become visible first. So the trigger takes a lock on the channel, which lasts to the end of the transaction,
 * before it takes the number: within a channel, numbers rise in the order of commits.
 *
 * The functions run with the rights of the schema's owner, and nobody else may call `publish` until it is granted.
 */
export const outbox: Migration = {
  version: 6,
  sql: `
    CREATE SEQUENCE dovetail.outbox_ids;

    CREATE TABLE dovetail.outbox (
      id bigint PRIMARY KEY,
      channel text COLLATE "C" NOT NULL,
      collection text COLLATE "C" NOT NULL,
      op text COLLATE "C" NOT NULL CHECK (op IN ('create', 'put', 'patch', 'delete')),
      record text COLLATE "C",
      data jsonb,
      author text COLLATE "C",
      key text COLLATE "C",
      at timestamptz NOT NULL DEFAULT clock_timestamp(),
      refused text COLLATE "C",
      reason text COLLATE "C"
    );
    CREATE INDEX outbox_waiting ON dovetail.outbox (id) WHERE refused IS NULL;

    CREATE FUNCTION dovetail.number_outbox() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended('dovetail.outbox ' || NEW.channel, 0));
      NEW.id := nextval('dovetail.outbox_ids');
      NEW.op := coalesce(NEW.op, CASE WHEN NEW.record IS NULL THEN 'create' ELSE 'put' END);
      PERFORM pg_notify('dovetail_outbox', '');
      RETURN NEW;
    END $body$;

    CREATE TRIGGER number_outbox BEFORE INSERT ON dovetail.outbox
    FOR EACH ROW EXECUTE FUNCTION dovetail.number_outbox();

    CREATE FUNCTION dovetail.publish(channel text, collection text, data jsonb, id text DEFAULT NULL,
      author text DEFAULT NULL, key text DEFAULT NULL, op text DEFAULT NULL) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
      INSERT INTO dovetail.outbox (channel, collection, op, record, data, author, key)
      VALUES (publish.channel, publish.collection, publish.op, publish.id, publish.data, publish.author, publish.key)
      RETURNING outbox.id
    $body$;
    REVOKE EXECUTE ON FUNCTION dovetail.publish FROM PUBLIC;
    REVOKE EXECUTE ON FUNCTION dovetail.number_outbox FROM PUBLIC;
  `,
}
