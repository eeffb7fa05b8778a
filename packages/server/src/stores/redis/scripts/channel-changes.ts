/** Scripts that change whole channels and epochs. */
import { renewAll } from './begin-run.ts'
import { channelParts } from './channel-parts.ts'
import { script } from './script.ts'

const sameRun = `
if call('GET', P .. ':run') ~= ARGV[1] then return redis.error_reply('STALE this is another run of Redis') end
`

/** run, channel, and for one that nobody has used its epoch and head → 1, or 0 where there was none */
export const dropScript = script(
  'writes',
  channelParts,
  sameRun,
  `
local name = ARGV[2]
if call('EXISTS', K('meta', name)) == 0 then return 0 end
if ARGV[3] then
  local m = load_meta(name)
  if m.epoch ~= ARGV[3] or m.head ~= tonumber(ARGV[4]) then return 0 end
  if m.head ~= 1 or m.members ~= 1 then
    for _, col in ipairs(call('SMEMBERS', K('cols', name))) do
      if call('EXISTS', K('pos.' .. col, name)) == 1 then return 0 end
    end
  end
end
for _, col in ipairs(call('SMEMBERS', K('cols', name))) do call('UNLINK', K('pos.' .. col, name)) end
for _, part in ipairs({ 'meta', 'rows', 'log', 'tombs', 'keys', 'keyed', 'refs', 'words', 'found', 'cols' }) do
  call('UNLINK', K(part, name))
end
call('ZREM', P .. ':names', name)
call('SREM', P .. ':sweep', name)
call('ZADD', P .. ':dropped', call('TIME')[1], name)
touch(name)
return 1
`,
)

/** run, seed → how many channels */
export const renewScript = script('writes', sameRun, renewAll, 'return renew_all(ARGV[2])')

/** run → channels that have something to purge. Deletes names of deleted channels that every node has read by now. */
export const sweepScript = script(
  'writes',
  sameRun,
  `
for _, name in ipairs(call('ZRANGEBYSCORE', P .. ':dropped', '-inf', call('TIME')[1] - 300, 'LIMIT', 0, 1000)) do
  call('ZREM', P .. ':dropped', name)
  call('ZREM', P .. ':touched', name)
end
return call('SMEMBERS', P .. ':sweep')
`,
)

/** run, channel, time → how many keys from before that time were deleted; at most 500, the oldest first */
export const forgetKeysScript = script(
  'writes',
  channelParts,
  sameRun,
  `
local holders = call('ZRANGEBYSCORE', K('keyed', ARGV[2]), '-inf', '(' .. ARGV[3], 'LIMIT', 0, 500)
for _, holder in ipairs(holders) do forget_key(ARGV[2], holder) end
if call('ZCARD', K('keyed', ARGV[2])) == 0 and call('ZCARD', K('tombs', ARGV[2])) == 0 then
  call('SREM', P .. ':sweep', ARGV[2])
end
return #holders
`,
)

/**
 * run, channel, time, revision → how many of the next 500 tombstones above the revision were purged, and
 * the revision to continue from, or nothing
 */
export const purgeTombstonesScript = script(
  'writes',
  channelParts,
  sameRun,
  `
local name, floor, count, last = ARGV[2], 0, 0, ''
local tombs = call('ZRANGEBYSCORE', K('tombs', name), '(' .. ARGV[4], '+inf', 'WITHSCORES', 'LIMIT', 0, 500)
for i = 1, #tombs, 2 do
  local row = call('HGET', K('rows', name), tombs[i])
  if tonumber(parse(row).updated) < tonumber(ARGV[3]) and call('HEXISTS', K('refs', name), tombs[i]) == 0 then
    drop_tombstone(name, tombs[i])
    floor, count = tonumber(tombs[i + 1]), count + 1
  end
  last = tombs[i + 1]
end
if count > 0 then call('HSET', K('meta', name), 'floor', math.max(floor, load_meta(name).floor)) end
return { count, #tombs == 1000 and last or '' }
`,
)
