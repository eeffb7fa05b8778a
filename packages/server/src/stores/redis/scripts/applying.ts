/** Lua: carries out a plan. No step of it can be refused. */
export const applying = `
local function remember(u, w, member)
  if w.known then forget_key(u.ch, w.holder) end
  call('HSET', K('keys', u.ch), w.holder, member .. ' ' .. w.print)
  call('ZADD', K('keyed', u.ch), u.at, w.holder)
  call('HINCRBY', K('refs', u.ch), member, 1)
end

local function set_words(name, step, has_words)
  local words = step.record.gone and '' or step.w.words
  if words ~= '' then
    call('HSET', K('words', name), step.member, ' ' .. words .. ' ')
    call('ZADD', K('found', name), step.record.order, step.member)
  elseif has_words then
    call('HDEL', K('words', name), step.member)
    call('ZREM', K('found', name), step.member)
  end
  return has_words or words ~= ''
end

local function store(name, step)
  local record, w = step.record, step.w
  call('HSET', K('rows', name), step.member, record.row)
  call('ZADD', K('log', name), record.rev, step.member)
  if record.gone then
    call('ZREM', K('pos.' .. w.col, name), w.id)
    call('ZADD', K('tombs', name), record.rev, step.member)
  elseif step.was ~= 'alive' then
    call('ZADD', K('pos.' .. w.col, name), record.pos, w.id)
    if call('ZCARD', K('pos.' .. w.col, name)) == 1 then call('SADD', K('cols', name), w.col) end
    if step.was == 'gone' then call('ZREM', K('tombs', name), step.member) end
  end
end

-- Some at once, so that the cost is shared by many writes, and no more than some, so that none waits long.
local function keep_bounds(name, m)
  local keys = call('ZCARD', K('keyed', name))
  if keys > bounds.keys then
    local count = math.max(keys - bounds.keys, math.min(500, math.floor(bounds.keys / 8)))
    for _, holder in ipairs(call('ZRANGE', K('keyed', name), 0, count - 1)) do forget_key(name, holder) end
  end
  local tombs = call('ZCARD', K('tombs', name))
  if tombs <= math.max(bounds.tombstones, call('HLEN', K('rows', name)) - tombs) then return end
  local oldest = call('ZRANGE', K('tombs', name), 0, math.min(500, math.ceil(tombs / 2)) - 1, 'WITHSCORES')
  for i = 1, #oldest, 2 do
    drop_tombstone(name, oldest[i])
    m.floor = math.max(m.floor, tonumber(oldest[i + 1]))
  end
end

local function make(u, m)
  m.epoch, m.made, m.visibility, m.dirty = u.fresh, u.at, u.visibility, true
  if u.title ~= '' then m.title = string.sub(u.title, 2) end
  call('ZADD', P .. ':names', 0, u.ch)
  call('ZREM', P .. ':dropped', u.ch)
end

local function carry_out(u, m, steps)
  if not m.epoch then make(u, m) end
  local has_words, needs_sweep = call('EXISTS', K('words', u.ch)) == 1, false
  local outcome = { 'c', m.epoch, 0 }
  for _, step in ipairs(steps) do
    local record, w = step.record, step.w
    if step.kind == 'created' or step.kind == 'changed' then
      store(u.ch, step)
      has_words = set_words(u.ch, step, has_words)
      m.head, m.dirty = record.rev, true
      if w.col == 'members' then m.members = record.rev end
      needs_sweep = needs_sweep or record.gone
    end
    if w and w.key ~= '' then
      remember(u, w, step.member)
      needs_sweep = true
    end
    outcome[#outcome + 1] = step.kind
    outcome[#outcome + 1] = step.member .. ' ' .. (w and step.kind ~= 'kept' and record.head or record.row)
  end
  if needs_sweep then
    call('SADD', P .. ':sweep', u.ch)
    keep_bounds(u.ch, m)
  end
  if u.head ~= '' and tonumber(u.head) > m.head then
    m.head, m.dirty = tonumber(u.head), true
  end
  outcome[3] = m.head
  return outcome
end

local function save_meta(name, m)
  call('HSET', K('meta', name), 'epoch', m.epoch, 'head', m.head, 'floor', m.floor, 'members', m.members,
    'made', m.made, 'visibility', m.visibility)
  if m.title then call('HSET', K('meta', name), 'title', m.title) end
  touch(name)
end
`
