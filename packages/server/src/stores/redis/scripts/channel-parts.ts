/**
 * The Redis keys of a channel. `meta`: its facts. `rows`: member (collection, space, id) → row. `log`:
 * members by revision. `pos.<collection>`: ids of live records by position. `tombs`: members of
 * tombstones by revision. `keys`: author, space, key → what the key was used for; `keyed`: the same by
 * time; `refs`: how many keys name a member. `words`: member → its words; `found`: the same members in
 * the order in which the store made them. `cols`: the collections. A row is `pos rev order createdAt
 * updatedAt deleted author data`, so that a script can read the other fields without reading the data; a tombstone's row has
 * in place of the data who deleted it.
 */
export const channelParts = `
local function load_meta(name)
  local f = call('HMGET', K('meta', name), 'epoch', 'head', 'floor', 'members', 'made', 'visibility', 'title')
  if not f[1] then return { head = 0, floor = 0, members = 0 } end
  return { epoch = f[1], head = tonumber(f[2]), floor = tonumber(f[3]), members = tonumber(f[4]), made = f[5],
    visibility = f[6], title = f[7] }
end
local function facts_of(m)
  if not m.epoch then return false end
  return { m.epoch, m.head, m.floor, m.members, m.made, m.visibility, m.title or false }
end
local function parse(row)
  local pos, rev, order, made, updated, gone, author, from =
    string.match(row, '^(%d+) (%d+) (%d+) (%S+) (%S+) (%d) (%S*) ()')
  return { pos = tonumber(pos), rev = tonumber(rev), order = order, made = made, updated = updated,
    gone = gone == '1', author = author, row = row, from = from }
end
local function touch(name)
  call('ZADD', P .. ':touched', call('INCR', P .. ':clock'), name)
end
local function forget_key(name, holder)
  local known = call('HGET', K('keys', name), holder)
  call('HDEL', K('keys', name), holder)
  call('ZREM', K('keyed', name), holder)
  if not known then return end
  local member = string.match(known, '^(%S+ %S+) ')
  if call('HINCRBY', K('refs', name), member, -1) <= 0 then call('HDEL', K('refs', name), member) end
end
local function drop_tombstone(name, member)
  call('HDEL', K('rows', name), member)
  call('ZREM', K('log', name), member)
  call('ZREM', K('tombs', name), member)
end
`
