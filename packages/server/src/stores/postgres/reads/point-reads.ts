import type { ChannelFacts, Lookup, Store, Target } from '../../../ports/store.ts'
import type { Connections, Statement } from '../connection/connections.ts'
import { channelColumns, channelOf, channelWidth, recordColumnsOf, recordOf } from '../rows/rows.ts'

const channelByName: Statement = {
  name: 'channel',
  text: `SELECT ${channelColumns} FROM dovetail.channels c WHERE c.name = $1 AND NOT c.deleted`,
}

/**
 * Names are ASCII: every name with the prefix sorts between the prefix and the prefix with the last
 * character appended.
 */
const channelsByPrefix: Statement = {
  name: 'channels',
  text: `SELECT ${channelColumns} FROM dovetail.channels c
    WHERE c.name > $1 AND c.name >= $2 AND c.name < $2::text || chr(127) AND NOT c.deleted
      AND c.name NOT LIKE 'me:%' ORDER BY c.name LIMIT $3`,
}

const channelsByTouch: Statement = {
  name: 'recent channels',
  text: `SELECT ${channelColumns} FROM dovetail.channels c 
    WHERE NOT c.deleted AND c.head > (c.members_rev > 0)::int AND c.name NOT LIKE 'me:%' ORDER BY c.touched DESC LIMIT $1`,
}

/** Each row has the channel and one row requested: one statement reads one snapshot. */
const lookAt: Statement = {
  name: 'look',
  text: `SELECT ${channelColumns}, f.place, f.fingerprint, ${recordColumnsOf('f')}
    FROM dovetail.channels c LEFT JOIN LATERAL (
      SELECT t.place, NULL AS fingerprint, ${recordColumnsOf('r')}
      FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS t (collection, id, place)
      CROSS JOIN LATERAL (
        SELECT * FROM dovetail.records WHERE channel = c.number AND collection = t.collection AND id = t.id LIMIT 1) r
      UNION ALL
      SELECT 0, k.fingerprint, ${recordColumnsOf('r')}
      FROM (SELECT * FROM dovetail.keys WHERE channel = c.number AND author = $4 AND key = $5 LIMIT 1) k
      CROSS JOIN LATERAL (
        SELECT * FROM dovetail.records WHERE channel = k.channel AND collection = k.collection AND id = k.id LIMIT 1) r
    ) f ON true
    WHERE c.name = $1 AND NOT c.deleted`,
}

/** Reads of single rows. */
export class PointReads {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  async channel(name: string): Promise<ChannelFacts | null> {
    const [row] = await this.#connections.read(channelByName, [name])
    return row === undefined ? null : channelOf(row)
  }

  async channels({ prefix, after, limit }: Parameters<Store['channels']>[0]): Promise<readonly ChannelFacts[]> {
    return (await this.#connections.read(channelsByPrefix, [after, prefix, limit])).map(channelOf)
  }

  async recentChannels(limit: number): Promise<readonly ChannelFacts[]> {
    return (await this.#connections.read(channelsByTouch, [limit])).map(channelOf)
  }

  async lookup(channel: string, targets: readonly Target[], key?: { author: string; key: string }): Promise<Lookup> {
    const rows = await this.#connections.read(lookAt, [
      channel,
      targets.map(({ collection }) => collection),
      targets.map(({ recordId }) => recordId),
      key?.author ?? null,
      key?.key ?? null,
    ])
    const [first] = rows
    if (first === undefined) return { channel: null, records: targets.map(() => null), key: null }
    const records: Lookup['records'][number][] = targets.map(() => null)
    let known: Lookup['key'] = null
    for (const row of rows) {
      const [slot, fingerprint, ...columns] = row.slice(channelWidth)
      if (slot === null) continue
      if (slot === 0) known = { fingerprint: String(fingerprint), record: recordOf(columns) }
      else records[Number(slot) - 1] = recordOf(columns)
    }
    return { channel: channelOf(first), records, key: known }
  }
}
