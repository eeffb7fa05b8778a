import { createHash } from 'node:crypto'

/** A Lua script as Redis knows it: by its digest once it has seen its text. */
export interface Script {
  readonly text: string
  readonly sha: string
}

/**
 * `reads` promises that nothing is written: such a script runs also where Redis is out of memory.
 * One that writes is refused as a whole there, never stopped half-way.
 */
export function script(kind: 'reads' | 'writes', ...parts: readonly string[]): Script {
  const first = kind === 'reads' ? '#!lua flags=no-writes' : '#!lua'
  const text = [first, prelude, ...parts].join('\n')
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

/**
 * One prefix stands in front of all keys, in braces: they share a slot, so that one script may
 * touch several channels. A part's name has no colon in it, so no channel's name can look like one.
 */
const prelude = `
local P = KEYS[1]
local function K(part, name) return P .. ':' .. part .. ':' .. name end
local call = redis.call
`
