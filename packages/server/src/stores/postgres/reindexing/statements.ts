/** The statements of indexing anew. */
import type { Statement } from '../connection/connections.ts'

/** Locks the walk, so that one node at a time plans or moves it. */
export const holdWalk: Statement = {
  name: 'hold the walk of the index',
  text: `INSERT INTO dovetail.search_walk (single) VALUES (true) ON CONFLICT (single) DO UPDATE SET single = true
    RETURNING channel, collection, id`,
}

export const readRules: Statement = {
  name: 'rules of the index',
  text: 'SELECT namespace, collection, rules, wanted FROM dovetail.search_rules',
}

export const readProgress: Statement = {
  name: 'progress of the index',
  text: `SELECT r.namespace, r.collection, r.rules, r.wanted, w.done, w.total
    FROM dovetail.search_rules r CROSS JOIN dovetail.search_walk w WHERE r.rules <> r.wanted`,
}

export const hasRecords: Statement = {
  name: 'whether there are records',
  text: 'SELECT 1 FROM dovetail.records LIMIT 1',
}

export const clearRules: Statement = { name: 'clear the rules of the index', text: 'DELETE FROM dovetail.search_rules' }

export const putRules: Statement = {
  name: 'put the rules of the index',
  text: `INSERT INTO dovetail.search_rules (namespace, collection, rules, wanted)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])`,
}

/** A head is about the number of a channel's records. */
export const startWalk: Statement = {
  name: 'start the walk of the index',
  text: `UPDATE dovetail.search_walk SET channel = '', collection = '', id = '', done = 0, node = '', until = '-infinity',
      total = (SELECT coalesce(sum(head), 0) FROM dovetail.channels
        WHERE NOT deleted AND split_part(name, ':', 1) = ANY ($1::text[]))`,
}

/** A node that is gone has lost the walk after this. */
export const claimWalk: Statement = {
  name: 'claim the walk of the index',
  text: `UPDATE dovetail.search_walk SET node = $1, until = now() + interval '15 seconds'
    WHERE node = $1 OR until < now() RETURNING channel, collection, id`,
}

export const nextChannels: Statement = {
  name: 'next channels of the index',
  text: 'SELECT name FROM dovetail.channels WHERE name >= $1 AND NOT deleted ORDER BY name LIMIT $2',
}

/** Records of the channels $1, each in the collections $2 at the same place, behind the record $3, $4, $5. */
export const nextRecords: Statement = {
  name: 'next records of the index',
  text: `SELECT t.name, r.channel, r.collection, r.id, r.rev, r.data
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (name, collection, place)
    JOIN dovetail.channels c ON c.name = t.name AND NOT c.deleted
    CROSS JOIN LATERAL (
      SELECT * FROM dovetail.records r WHERE r.channel = c.number AND r.collection = t.collection AND NOT r.deleted
        AND r.id > CASE WHEN t.name = $3 AND t.collection = $4 THEN $5 ELSE '' END
      ORDER BY r.id LIMIT $6) r
    ORDER BY t.place, r.id LIMIT $6`,
}

/**
 * A record that a writer holds is left out: to wait for it could lock both for ever. The one who moves the walk sees
 * which were left out.
 */
export const putWords: Statement = {
  name: 'put words of the index',
  text: `WITH given AS MATERIALIZED (
      SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[])
        WITH ORDINALITY AS t (channel, collection, id, rev, tokens, place)),
    held AS MATERIALIZED (
      SELECT r.channel, r.collection, r.id, given.tokens, given.place FROM given CROSS JOIN LATERAL (
        SELECT channel, collection, id FROM dovetail.records
        WHERE channel = given.channel AND collection = given.collection AND id = given.id AND rev = given.rev
        FOR UPDATE SKIP LOCKED) r),
    changed AS (
      UPDATE dovetail.records r SET tokens = array_to_tsvector(string_to_array(held.tokens, ' ')) FROM held
      WHERE r.channel = held.channel AND r.collection = held.collection AND r.id = held.id
        AND r.tokens IS DISTINCT FROM array_to_tsvector(string_to_array(held.tokens, ' ')))
    SELECT place FROM held ORDER BY place`,
}

export const moveWalk: Statement = {
  name: 'move the walk of the index',
  text: `UPDATE dovetail.search_walk SET channel = $2, collection = $3, id = $4, done = done + $5 WHERE node = $1`,
}

export const endWalk: Statement = {
  name: 'end the walk of the index',
  text: 'UPDATE dovetail.search_rules SET rules = wanted',
}
