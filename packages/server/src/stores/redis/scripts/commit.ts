/**
 * The commit of a group: each unit is planned as a whole, by the rules of `plan-unit.ts`, and only then
 * carried out, so that a refused unit writes nothing.
 */

import { applying } from './applying.ts'
import { channelParts } from './channel-parts.ts'
import { planning } from './planning.ts'
import { script } from './script.ts'

/** Lua: reads the arguments in the order of `unit-args.ts`. */
const reading = `
if call('GET', P .. ':run') ~= ARGV[1] then return redis.error_reply('STALE this is another run of Redis') end
local bounds = { tombstones = tonumber(ARGV[2]), keys = tonumber(ARGV[3]) }
local at = 4
local function take()
  at = at + 1
  return ARGV[at - 1]
end
local function take_unit()
  local u = { ch = take(), at = take(), make = take(), members = take(), epoch = take(), fresh = take(),
    visibility = take(), title = take(), head = take(), writes = {} }
  for i = 1, tonumber(take()) do
    local w = { col = take(), id = take(), effect = take(), data = take(), author = take(), expect = take(),
      key = take(), print = take(), words = take(), made = take(), updated = take(), pos = take(), rev = take(),
      owner = take(), by = take() }
    w.member = w.col .. ' ' .. w.id
    w.holder = w.author .. ' ' .. w.key
    u.writes[i] = w
  end
  return u
end
`

const running = `
local metas, outcomes = {}, {}
while at <= #ARGV do
  local u = take_unit()
  local m = metas[u.ch]
  if not m then
    m = load_meta(u.ch)
    metas[u.ch] = m
  end
  if u.make == 'new' and m.epoch then
    outcomes[#outcomes + 1] = { 't', facts_of(m) }
  else
    local steps, reason, index = plan(u, m)
    outcomes[#outcomes + 1] = steps and carry_out(u, m, steps) or { reason == 'failed' and 'f' or 'r', reason, index }
  end
end
for name, m in pairs(metas) do
  if m.dirty then save_meta(name, m) end
end
return outcomes
`

export const commitScript = script('writes', channelParts, reading, planning, applying, running)
