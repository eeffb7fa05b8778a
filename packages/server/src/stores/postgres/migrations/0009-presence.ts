import type { Migration } from './migration.ts'

/**
 * Who is present on which node, and limits that all nodes share. None of it has to survive a crash: the tables are
 * unlogged, which makes a change cheap, and are empty after one. `presence_run` then gets another row, by which the
 * nodes see that everything published was lost.
 *
 * `moved` is the transaction that changed a row last. Whoever changes presence holds a lock of its own from before the
 * transaction has a number until it has committed, and whoever reads waits for it: so numbers rise in the order of
 * commits, and a read from the number that the last read ended at misses nothing. Rows of users who left are kept for a
 * minute, so that reads find them; `forgotten` is the latest number of those that were deleted.
 *
 * Each change is one call of a function, which the database finishes whether the node that called it lives on or not.
 */
export const presence: Migration = {
  version: 9,
  sql: `
    CREATE UNLOGGED TABLE dovetail.presence_run (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      id text COLLATE "C" NOT NULL,
      forgotten xid8 NOT NULL
    );
    CREATE UNLOGGED TABLE dovetail.presence_nodes (
      node text COLLATE "C" PRIMARY KEY,
      until timestamptz NOT NULL
    );
    CREATE UNLOGGED TABLE dovetail.presence (
      room text COLLATE "C" NOT NULL,
      username text COLLATE "C" NOT NULL,
      node text COLLATE "C" NOT NULL,
      connections integer NOT NULL,
      since bigint NOT NULL,
      state text,
      state_at bigint NOT NULL,
      moved xid8 NOT NULL,
      moved_at timestamptz NOT NULL,
      PRIMARY KEY (room, username, node)
    );
    CREATE INDEX presence_moved ON dovetail.presence (room, moved);
    CREATE INDEX presence_here ON dovetail.presence (node) WHERE connections > 0;
    CREATE INDEX presence_left ON dovetail.presence (moved_at) WHERE connections = 0;

    CREATE UNLOGGED TABLE dovetail.buckets (
      name text COLLATE "C" PRIMARY KEY,
      tokens double precision NOT NULL,
      at timestamptz NOT NULL,
      full_at timestamptz NOT NULL
    );
    CREATE INDEX buckets_full ON dovetail.buckets (full_at);

    -- Waits until nobody else changes presence, to the end of the transaction; gives the run.
    CREATE FUNCTION dovetail.presence_turn() RETURNS text
    LANGUAGE plpgsql AS $body$
    DECLARE
      found_run text;
    BEGIN
      PERFORM pg_advisory_xact_lock(4931290295110297968);
      SELECT id || '.' || tableoid INTO found_run FROM dovetail.presence_run;
      IF found_run IS NULL THEN
        INSERT INTO dovetail.presence_run (id, forgotten) VALUES (gen_random_uuid(), '0')
          RETURNING id || '.' || tableoid INTO found_run;
      END IF;
      RETURN found_run;
    END $body$;

    -- Notifies the nodes of the rooms in which users moved; a payload has room for 40 names.
    CREATE FUNCTION dovetail.presence_notify(from_node text, rooms text[]) RETURNS void
    LANGUAGE plpgsql AS $body$
    BEGIN
      PERFORM pg_notify('dovetail_presence', from_node || ' ' || string_agg(room, ' '))
      FROM (
        SELECT room, (row_number() OVER (ORDER BY room) - 1) / 40 AS part
        FROM (SELECT DISTINCT unnest(rooms) AS room) AS named
      ) AS parted GROUP BY part;
    END $body$;

    -- Some users of a node leave; true: there are more.
    CREATE FUNCTION dovetail.presence_clear(of_node text, from_node text) RETURNS boolean
    LANGUAGE plpgsql AS $body$
    DECLARE
      at_once CONSTANT integer := 5000;
      count integer;
      rooms text[];
    BEGIN
      WITH gone AS (
        UPDATE dovetail.presence AS p
        SET connections = 0, state = NULL, state_at = 0, moved = pg_current_xact_id(), moved_at = clock_timestamp()
        FROM (
          SELECT q.room, q.username FROM dovetail.presence AS q
          WHERE q.node = of_node AND q.connections > 0 LIMIT at_once
        ) AS few
        WHERE p.room = few.room AND p.username = few.username AND p.node = of_node
        RETURNING p.room
      )
      SELECT count(*), array_agg(DISTINCT gone.room) INTO count, rooms FROM gone;
      PERFORM dovetail.presence_notify(from_node, rooms);
      IF count = at_once THEN
        RETURN true;
      END IF;
      DELETE FROM dovetail.presence_nodes WHERE node = of_node;
      RETURN false;
    END $body$;

    -- False: the node was removed, or everything was lost; nothing is done then. A node that is new is not there yet.
    CREATE FUNCTION dovetail.presence_publish(of_node text, lease interval, is_new boolean, rooms text[],
      usernames text[], connections integer[], sinces bigint[], states text[], state_times bigint[]) RETURNS boolean
    LANGUAGE plpgsql AS $body$
    BEGIN
      PERFORM dovetail.presence_turn();
      IF is_new THEN
        INSERT INTO dovetail.presence_nodes (node, until) VALUES (of_node, clock_timestamp() + lease)
          ON CONFLICT (node) DO NOTHING;
      ELSIF NOT EXISTS (SELECT 1 FROM dovetail.presence_nodes AS n WHERE n.node = of_node) THEN
        RETURN false;
      END IF;
      INSERT INTO dovetail.presence (room, username, node, connections, since, state, state_at, moved, moved_at)
        SELECT g.room, g.username, of_node, g.connections, g.since, g.state, g.state_at,
          pg_current_xact_id(), clock_timestamp()
        FROM unnest(rooms, usernames, connections, sinces, states, state_times)
          AS g (room, username, connections, since, state, state_at)
        ON CONFLICT (room, username, node) DO UPDATE SET connections = excluded.connections, since = excluded.since,
          state = excluded.state, state_at = excluded.state_at, moved = excluded.moved, moved_at = excluded.moved_at;
      PERFORM dovetail.presence_notify(of_node, rooms);
      RETURN true;
    END $body$;

    -- Renews the node's lease, and removes what is over. kept: the lease had not ended.
    CREATE FUNCTION dovetail.presence_beat(of_node text, lease interval, OUT run text, OUT kept boolean)
    LANGUAGE plpgsql AS $body$
    DECLARE
      ended text;
    BEGIN
      run := dovetail.presence_turn();
      kept := EXISTS (
        SELECT 1 FROM dovetail.presence_nodes AS n WHERE n.node = of_node AND n.until > clock_timestamp());
      INSERT INTO dovetail.presence_nodes (node, until) VALUES (of_node, clock_timestamp() + lease)
        ON CONFLICT (node) DO UPDATE SET until = excluded.until;
      FOR ended IN SELECT n.node FROM dovetail.presence_nodes AS n WHERE n.until <= clock_timestamp() LIMIT 10 LOOP
        PERFORM dovetail.presence_clear(ended, '-');
      END LOOP;
      WITH old AS (
        DELETE FROM dovetail.presence AS p
        WHERE p.connections = 0 AND p.moved_at < clock_timestamp() - interval '1 minute' RETURNING p.moved
      ), last AS (SELECT old.moved FROM old ORDER BY old.moved DESC LIMIT 1)
      UPDATE dovetail.presence_run AS r SET forgotten = greatest(r.forgotten, last.moved) FROM last;
      DELETE FROM dovetail.buckets AS b WHERE b.full_at < clock_timestamp();
    END $body$;

    -- All users of a node leave: to be called until it gives false.
    CREATE FUNCTION dovetail.presence_leave(of_node text) RETURNS boolean
    LANGUAGE plpgsql AS $body$
    BEGIN
      PERFORM dovetail.presence_turn();
      RETURN dovetail.presence_clear(of_node, of_node);
    END $body$;

    -- Who is in the rooms on other nodes: everybody, or with a mark those who moved since. A room of whom nobody is to be
    -- told has one row, without a user.
    CREATE FUNCTION dovetail.presence_moves(of_node text, rooms text[], marks xid8[])
    RETURNS TABLE (run text, mark xid8, number integer, is_whole boolean, username text, connections bigint,
      since bigint, state text, state_at bigint)
    LANGUAGE plpgsql AS $body$
    BEGIN
      PERFORM pg_advisory_xact_lock_shared(4931290295110297968);
      RETURN QUERY
      WITH asked AS (
        SELECT a.ordinality::integer AS number, a.room, a.mark, a.mark IS NULL OR a.mark <= r.forgotten AS is_whole,
          r.id || '.' || r.tableoid AS run
        FROM unnest(rooms, marks) WITH ORDINALITY AS a (room, mark)
          LEFT JOIN dovetail.presence_run AS r ON true
      )
      SELECT asked.run, pg_snapshot_xmax(pg_current_snapshot()), asked.number, asked.is_whole, who.username,
        coalesce(there.connections, 0), coalesce(there.since, 0), there.state, coalesce(there.state_at, 0)
      FROM asked
        LEFT JOIN LATERAL (
          SELECT p.username FROM dovetail.presence AS p
            WHERE asked.is_whole AND p.room = asked.room AND p.connections > 0
          UNION
          SELECT p.username FROM dovetail.presence AS p
            WHERE NOT asked.is_whole AND p.room = asked.room AND p.moved >= asked.mark
        ) AS who ON true
        LEFT JOIN LATERAL (
          SELECT sum(p.connections) AS connections, min(p.since) AS since,
            (array_agg(p.state ORDER BY p.state_at DESC) FILTER (WHERE p.state IS NOT NULL))[1] AS state,
            max(p.state_at) FILTER (WHERE p.state IS NOT NULL) AS state_at
          FROM dovetail.presence AS p
          WHERE p.room = asked.room AND p.username = who.username AND p.node <> of_node AND p.connections > 0
        ) AS there ON true;
    END $body$;

    -- Takes a token from a bucket. Gives 0, or the seconds until there is one.
    CREATE FUNCTION dovetail.take_token(of_name text, per_second double precision, burst double precision)
    RETURNS double precision
    LANGUAGE plpgsql AS $body$
    DECLARE
      held dovetail.buckets;
      moment timestamptz;
      available double precision;
    BEGIN
      LOOP
        INSERT INTO dovetail.buckets (name, tokens, at, full_at)
          VALUES (of_name, burst, clock_timestamp(), clock_timestamp()) ON CONFLICT (name) DO NOTHING;
        SELECT * INTO held FROM dovetail.buckets AS b WHERE b.name = of_name FOR UPDATE;
        -- A bucket that was full may be deleted between the two.
        EXIT WHEN FOUND;
      END LOOP;
      moment := clock_timestamp();
      available := least(burst, held.tokens + greatest(0, extract(epoch FROM moment - held.at)) * per_second);
      IF available < 1 THEN
        RETURN (1 - available) / per_second;
      END IF;
      UPDATE dovetail.buckets AS b SET tokens = available - 1, at = moment,
        full_at = moment + make_interval(secs => (burst - available + 1) / per_second) WHERE b.name = of_name;
      RETURN 0;
    END $body$;
  `,
}
