/**
 * Presence in Redis. `in:<room>`: user → `node:since:connections`, a space between nodes.
 * `state:<room>`: node and user, a space between → the time when the state was set, a space, and its
 * JSON. `moves:<room>`: users by the version of their last move; `since:<room>`: a read from a version
 * below this gives all users. Versions are counted over all rooms, so that a room that was empty
 * meanwhile never repeats one. `nodes`: node → when its lease expires, by the clock of Redis.
 * `on:<node>`: the rooms and users of a node.
 */
import { script } from './script.ts'

const moving = `
local told = {}
local function moved(room, user)
  told[room] = true
  local version = call('INCR', P .. ':moves')
  if call('EXISTS', K('in', room)) == 0 then
    call('DEL', K('moves', room), K('state', room), K('since', room))
    return
  end
  call('SET', K('since', room), version - 1, 'NX')
  call('ZADD', K('moves', room), version, user)
  local surplus = call('ZCARD', K('moves', room)) - 2 * call('HLEN', K('in', room)) - 200
  if surplus <= 0 then return end
  local last = call('ZRANGE', K('moves', room), surplus + 99, surplus + 99, 'WITHSCORES')
  call('SET', K('since', room), last[2])
  call('ZREMRANGEBYSCORE', K('moves', room), '-inf', last[2])
end
local function set(node, room, user, connections, since)
  local nodes = {}
  for each, from, count in string.gmatch(call('HGET', K('in', room), user) or '', '([^ :]+):(%d+):(%d+)') do
    if each ~= node then nodes[#nodes + 1] = each .. ':' .. from .. ':' .. count end
  end
  if tonumber(connections) > 0 then
    nodes[#nodes + 1] = node .. ':' .. since .. ':' .. connections
    call('SADD', K('on', node), room .. ' ' .. user)
  else
    call('SREM', K('on', node), room .. ' ' .. user)
    call('HDEL', K('state', room), node .. ' ' .. user)
  end
  if #nodes > 0 then
    call('HSET', K('in', room), user, table.concat(nodes, ' '))
  else
    call('HDEL', K('in', room), user)
  end
end
-- Some of a node's users leave; true: there are more.
local function clear(node)
  for _, entry in ipairs(call('SPOP', K('on', node), 300)) do
    local room, user = string.match(entry, '^(%S+) (.*)$')
    set(node, room, user, '0', '0')
    moved(room, user)
  end
  return call('EXISTS', K('on', node)) == 1
end
local function announce(node)
  local rooms = {}
  for room in pairs(told) do rooms[#rooms + 1] = room end
  if #rooms > 0 then call('PUBLISH', P .. ':moved', node .. ' ' .. table.concat(rooms, ' ')) end
end
local function now_ms()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
`

const sameRun = `
if call('GET', P .. ':run') ~= ARGV[1] then return redis.error_reply('STALE this is another run of Redis') end
`

/** run, node, lease in ms, then: room, user, connections, since, time of the state, state or nothing … */
export const publishScript = script(
  'writes',
  sameRun,
  moving,
  `
local node = ARGV[2]
call('ZADD', P .. ':nodes', 'NX', now_ms() + ARGV[3], node)
for i = 4, #ARGV, 6 do
  local room, user = ARGV[i], ARGV[i + 1]
  set(node, room, user, ARGV[i + 2], ARGV[i + 3])
  if ARGV[i + 5] == '' then
    call('HDEL', K('state', room), node .. ' ' .. user)
  elseif tonumber(ARGV[i + 2]) > 0 then
    call('HSET', K('state', room), node .. ' ' .. user, ARGV[i + 4] .. ' ' .. ARGV[i + 5])
  end
  moved(room, user)
end
announce(node)
return 1
`,
)

/**
 * node, then: room, version or nothing … → the version now, then per room: extent, user, connections,
 * since, the latest state with its time …
 */
export const movesScript = script(
  'reads',
  `
local node = ARGV[1]
local reply = { call('GET', P .. ':moves') or '0' }
local function add(found, room, user, entry)
  local connections, since, at, state = 0, 0, -1, false
  for each, from, count in string.gmatch(entry or '', '([^ :]+):(%d+):(%d+)') do
    if each ~= node then
      connections = connections + count
      since = since == 0 and tonumber(from) or math.min(since, tonumber(from))
      local held = call('HGET', K('state', room), each .. ' ' .. user)
      local set_at = held and tonumber(string.match(held, '^%d+'))
      if set_at and set_at > at then at, state = set_at, held end
    end
  end
  found[#found + 1] = user
  found[#found + 1] = connections
  found[#found + 1] = string.format('%.0f', since)
  found[#found + 1] = state
end
for i = 2, #ARGV, 2 do
  local room, version = ARGV[i], tonumber(ARGV[i + 1])
  local from = call('GET', K('since', room))
  local found = { 'moved' }
  if version and from and version >= tonumber(from) then
    for _, user in ipairs(call('ZRANGEBYSCORE', K('moves', room), '(' .. ARGV[i + 1], '+inf')) do
      add(found, room, user, call('HGET', K('in', room), user))
    end
  else
    found[1] = 'all'
    local all = call('HGETALL', K('in', room))
    for j = 1, #all, 2 do add(found, room, all[j], all[j + 1]) end
  end
  reply[#reply + 1] = found
end
return reply
`,
)

/**
 * run, node, lease in ms → 1 where the node's lease had not expired, else 0. Removes some of the nodes
 * whose lease has.
 */
export const beatScript = script(
  'writes',
  sameRun,
  moving,
  `
local now = now_ms()
local known = call('ZSCORE', P .. ':nodes', ARGV[2])
call('ZADD', P .. ':nodes', now + ARGV[3], ARGV[2])
for _, node in ipairs(call('ZRANGEBYSCORE', P .. ':nodes', '-inf', now, 'LIMIT', 0, 10)) do
  if not clear(node) then call('ZREM', P .. ':nodes', node) end
end
announce('-')
return known and tonumber(known) > now and 1 or 0
`,
)

/** run, node → 1 where some of the node's users are not removed yet */
export const leaveScript = script(
  'writes',
  sameRun,
  moving,
  `
local more = clear(ARGV[2])
if not more then call('ZREM', P .. ':nodes', ARGV[2]) end
announce(ARGV[2])
return more and 1 or 0
`,
)
