import { createHash } from 'node:crypto'

/** A Lua script. Redis knows it by its digest once it has received the text. */
export interface Script {
  readonly text: string
  readonly sha: string
}

/**
 * `reads` declares that the script writes nothing: it then runs also where Redis is out of memory. A
 * script that writes is refused there as a whole, never stopped half-way.
 */
export function script(kind: 'reads' | 'writes', ...parts: readonly string[]): Script {
  const first = kind === 'reads' ? '#!lua flags=no-writes' : '#!lua'
  const text = [first, prelude, ...parts].join('\n')
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

/** The key that a script is given: no key that is used, but one that a user of Redis may have whose keys are all of ours. */
export function scriptKey(root: string): string {
  return `${root}:`
}

/**
 * All keys begin with one prefix in braces: they share a hash slot, so that one script may access
 * several channels. The names of parts contain no colon, so no channel's name can equal one.
 */
const prelude = `
local P = string.sub(KEYS[1], 1, -2)
local function K(part, name) return P .. ':' .. part .. ':' .. name end
local call = redis.call
`
