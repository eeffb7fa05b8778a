import type { ChannelFacts, Look, Store, StoredProfile, Target } from '../../ports/store.ts'
import type { Connections, Statement } from './connections.ts'
import { channelColumns, channelOf, channelWidth, recordColumnsOf, recordOf } from './rows.ts'

const channelByName: Statement = {
  name: 'channel',
  text: `SELECT ${channelColumns} FROM dovetail.channels c WHERE c.name = $1 AND NOT c.deleted`,
}

/** Names are ASCII: whatever begins with the prefix lies below the prefix and the last of its letters. */
const channelsByPrefix: Statement = {
  name: 'channels',
  text: `SELECT ${channelColumns} FROM dovetail.channels c
    WHERE c.name > $1 AND c.name >= $2 AND c.name < $2::text || chr(127) AND NOT c.deleted ORDER BY c.name LIMIT $3`,
}

/** The channel on every row, beside the rows asked for: one statement sees one moment. */
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

const profileOf: Statement = {
  name: 'profile',
  text: 'SELECT name, avatar, about, guest FROM dovetail.profiles WHERE "user" = $1',
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

  async look(channel: string, targets: readonly Target[], key?: { author: string; key: string }): Promise<Look> {
    const rows = await this.#connections.read(lookAt, [
      channel,
      targets.map(({ collection }) => collection),
      targets.map(({ recordId }) => recordId),
      key?.author ?? null,
      key?.key ?? null,
    ])
    const [first] = rows
    if (first === undefined) return { channel: null, records: targets.map(() => null), key: null }
    const records: Look['records'][number][] = targets.map(() => null)
    let known: Look['key'] = null
    for (const row of rows) {
      const [place, fingerprint, ...columns] = row.slice(channelWidth)
      if (place === null) continue
      if (place === 0) known = { fingerprint: String(fingerprint), record: recordOf(columns) }
      else records[Number(place) - 1] = recordOf(columns)
    }
    return { channel: channelOf(first), records, key: known }
  }

  async profile(user: string): Promise<StoredProfile | null> {
    const [row] = await this.#connections.read(profileOf, [user])
    if (row === undefined) return null
    const [name, avatar, about, guest] = row as [string, string | null, string | null, boolean]
    return { user, name, avatar, about, guest }
  }
}
