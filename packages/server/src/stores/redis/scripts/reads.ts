/**
 * Scripts that read one channel, each in one snapshot. They give more rows than requested; the store
 * drops the rest.
 */

import { channelParts } from './channel-parts.ts'
import { script } from './script.ts'

/**
 * Lua: collects rows of members, as `member row`. It stops one row after their encoding certainly
 * exceeds `bytes`: 190 bytes of each row are not counted, more than a row can have besides its data.
 */
const gathering = `
local function gather(name, members, bytes)
  local rows, sum = {}, 0
  for first = 1, #members, 64 do
    local last = math.min(first + 63, #members)
    local got = call('HMGET', K('rows', name), unpack(members, first, last))
    for i = 1, last - first + 1 do
      if got[i] then
        rows[#rows + 1] = members[first + i - 1] .. ' ' .. got[i]
        if sum > bytes then return rows end
        sum = sum + math.max(0, #got[i] - 190)
      end
    end
  end
  return rows
end
local name = ARGV[1]
local facts = facts_of(load_meta(name))
`

const read = (...parts: readonly string[]) => script('reads', channelParts, gathering, ...parts)

/** channel → facts or null */
export const channelScript = read('return facts')

/** channel, author and key or two empty ones, members → facts, rows, [fingerprint, row] or null */
export const lookupScript = read(`
local rows, key = {}, false
for i = 4, #ARGV do
  local row = facts and call('HGET', K('rows', name), ARGV[i])
  rows[i - 3] = row and (ARGV[i] .. ' ' .. row) or false
end
local known = facts and ARGV[3] ~= '' and call('HGET', K('keys', name), ARGV[2] .. ' ' .. ARGV[3])
if known then
  local member, print = string.match(known, '^(%S+ %S+) (.*)$')
  local row = call('HGET', K('rows', name), member)
  if row then key = { print, member .. ' ' .. row } end
end
return { facts, rows, key }
`)

/** channel, collection, keep → the position of the newest live record behind the newest `keep` ones, or null */
export const surplusScript = read(`
return call('ZREVRANGE', K('pos.' .. ARGV[2], name), ARGV[3], ARGV[3], 'WITHSCORES')[2] or false
`)

/** channel, bytes, then per page: collection, split, rows below it, rows from it on → facts, [older, newer] … */
export const pagesScript = read(`
if not facts then return false end
local reply = { facts }
for i = 3, #ARGV, 4 do
  local function side(command, from, to, limit)
    local ids = call(command, K('pos.' .. ARGV[i], name), from, to, 'LIMIT', 0, limit)
    for j, id in ipairs(ids) do ids[j] = ARGV[i] .. ' ' .. id end
    return gather(name, ids, tonumber(ARGV[2]))
  end
  reply[#reply + 1] = { side('ZREVRANGEBYSCORE', '(' .. ARGV[i + 1], '-inf', ARGV[i + 2]),
    side('ZRANGEBYSCORE', ARGV[i + 1], '+inf', ARGV[i + 3]) }
end
return reply
`)

/** channel, after, limit, bytes → facts, rows */
export const changesScript = read(`
if not facts then return false end
local members = call('ZRANGEBYSCORE', K('log', name), '(' .. ARGV[2], '+inf', 'LIMIT', 0, ARGV[3])
return { facts, gather(name, members, tonumber(ARGV[4])) }
`)

/**
 * channel, order, limit, collection or nothing, parts → the order to continue from, or nothing, then
 * order and row …
 *
 * Each call reads a bounded number of rows, so that a search blocks Redis only briefly.
 */
export const searchScript = read(`
local before, limit, collection = ARGV[2], tonumber(ARGV[3]), ARGV[4]
local looked = call('ZREVRANGEBYSCORE', K('found', name), '(' .. before, '-inf', 'WITHSCORES', 'LIMIT', 0, 500)
local reply = { '' }
for first = 1, #looked, 200 do
  local members = {}
  for i = first, math.min(first + 198, #looked), 2 do members[#members + 1] = looked[i] end
  local words = call('HMGET', K('words', name), unpack(members))
  for i, member in ipairs(members) do
    local fits = collection == '' or string.sub(member, 1, #collection + 1) == collection .. ' '
    for j = 5, #ARGV do fits = fits and words[i] and string.find(words[i], ARGV[j], 1, true) end
    if fits then
      reply[#reply + 1] = looked[first + 2 * i - 1]
      reply[#reply + 1] = member .. ' ' .. call('HGET', K('rows', name), member)
      if #reply > 2 * limit then return reply end
    end
  end
end
if #looked == 1000 then reply[1] = looked[1000] end
return reply
`)

/** lower bound, upper bound, limit → name and facts … */
export const namesScript = script(
  'reads',
  channelParts,
  String.raw`
local reply = {}
for _, name in ipairs(call('ZRANGEBYLEX', P .. ':names', ARGV[1], ARGV[2] == '+' and '+' or (ARGV[2] .. '\255'), 'LIMIT', 0, ARGV[3])) do
  if string.sub(name, 1, 3) ~= 'me:' then reply[#reply + 1] = { name, facts_of(load_meta(name)) } end
end
return reply
`,
)

/** limit → name and facts …, the channel that was written last first */
export const recentScript = script(
  'reads',
  channelParts,
  `
local reply = {}
for _, name in ipairs(call('ZREVRANGE', P .. ':touched', 0, -1)) do
  if #reply >= tonumber(ARGV[1]) then break end
  local m = load_meta(name)
  local own = string.sub(name, 1, 3) == 'me:'
  if not own and m.head > (m.members > 0 and 1 or 0) then reply[#reply + 1] = { name, facts_of(m) } end
end
return reply
`,
)

/** counter or nothing → the counter now, then name, epoch or null, head … */
export const touchedScript = script(
  'reads',
  channelParts,
  `
local now = call('GET', P .. ':clock') or '0'
local reply = { now }
if ARGV[1] == '' or ARGV[1] == now then return reply end
for _, name in ipairs(call('ZRANGEBYSCORE', P .. ':touched', '(' .. ARGV[1], '+inf')) do
  local m = load_meta(name)
  reply[#reply + 1] = { name, m.epoch or false, m.head }
end
return reply
`,
)
