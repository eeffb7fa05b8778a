/**
 * Lua: plans a unit as `stores/shared/plan-unit.ts` does, and gives each change its revision. Gives its steps, or the
 * reason why it is refused and the index (from 0) of the write at fault.
 */
export const planning = `
local function find_replays(u)
  local replays, count = {}, 0
  for i, w in ipairs(u.writes) do
    if w.key ~= '' then
      local known = call('HGET', K('keys', u.ch), w.holder)
      if known then
        w.known = true
        local member, print = string.match(known, '^(%S+ %S+) (.*)$')
        local row = call('HGET', K('rows', u.ch), member)
        if row then
          if print ~= w.print then return nil, i - 1 end
          replays[i] = { member = member, row = row }
          count = count + 1
        end
      end
    end
  end
  return replays, count
end

local function meets(expect, rev, steps)
  if expect == '' then return rev == 0 end
  if string.sub(expect, 1, 1) ~= '@' then return rev == tonumber(expect) end
  local step = steps[tonumber(string.sub(expect, 2)) + 1]
  return step ~= nil and step.record.rev == rev
end

local function rests_on_replay(u, w, steps)
  if string.sub(w.expect, 1, 1) ~= '@' then return false end
  local at = tonumber(string.sub(w.expect, 2)) + 1
  return steps[at] ~= nil and steps[at].kind == 'replayed' and u.writes[at].effect ~= 'k'
end

local function missing(w)
  if (tonumber(w.expect) or 0) > 0 then return 'conflict' end
  return 'failed'
end

local function put(u, w, old, rev)
  local made = w.made ~= '' and w.made or u.at
  local updated = w.updated ~= '' and w.updated or u.at
  local record = { pos = old and old.pos or tonumber(w.pos) or rev, rev = rev, order = old and old.order or call('INCR', P .. ':order'),
    made = old and old.made or made, updated = updated, gone = w.effect == 'd', author = old and old.author or w.author }
  if w.owner ~= '' then record.author = string.sub(w.owner, 2) end
  record.head = string.format('%.0f %.0f %s %s %s %d %s ', record.pos, rev, record.order, record.made, updated,
    record.gone and 1 or 0, record.author)
  record.row = record.head .. (record.gone and w.by or w.data)
  return { kind = old and 'changed' or 'created', member = w.member, record = record, w = w,
    was = (not old) and 'none' or (old.gone and 'gone' or 'alive') }
end

local function plan_write(u, w, left, steps, head)
  local old = left[w.member]
  if not old then
    local row = call('HGET', K('rows', u.ch), w.member)
    old = row and parse(row) or nil
  end
  if w.effect == 'k' then
    if not old then return nil, missing(w) end
    if not meets(w.expect, old.rev, steps) then return nil, 'conflict' end
    return { kind = 'kept', member = w.member, record = old, w = w }
  end
  if not meets(w.expect, old and old.rev or 0, steps) then return nil, 'conflict' end
  if not old and w.effect == 'd' and w.made == '' then return nil, missing(w) end
  local rev = tonumber(w.rev) or head + 1
  if rev <= head then return nil, 'conflict' end
  return put(u, w, old, rev)
end

local function is_outdated(u, m)
  if u.epoch ~= '*' and u.epoch ~= (m.epoch or '-') then return true end
  return u.members ~= '' and tonumber(u.members) ~= m.members
end

local function plan(u, m)
  local n = #u.writes
  if not m.epoch and u.make == '0' then return nil, 'no_channel', 0 end
  local replays, count = {}, 0
  if m.epoch then
    replays, count = find_replays(u)
    if not replays then return nil, 'key_reused', count end
  end
  if (count < n or n == 0) and is_outdated(u, m) then
    local first = 0
    while replays[first + 1] do first = first + 1 end
    return nil, 'conflict', first
  end
  local steps, left, used, head = {}, {}, {}, m.head
  for i, w in ipairs(u.writes) do
    local earlier = w.key ~= '' and used[w.holder]
    if earlier and earlier.print ~= w.print then return nil, 'key_reused', i - 1 end
    local member = replays[i] and replays[i].member or (earlier and earlier.member)
    local step, reason
    if member then
      step = { kind = 'replayed', member = member, record = left[member] or parse(replays[i].row) }
    else
      if rests_on_replay(u, w, steps) then return nil, 'conflict', i - 1 end
      step, reason = plan_write(u, w, left, steps, head)
      if not step then return nil, reason, i - 1 end
    end
    steps[i] = step
    left[step.member] = step.record
    if w.key ~= '' then used[w.holder] = { print = w.print, member = step.member } end
    if step.kind == 'created' or step.kind == 'changed' then head = step.record.rev end
  end
  return steps
end
`
