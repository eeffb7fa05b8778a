import type { RedisClient } from '../../../redis/redis-line.ts'
import { script, scriptKey } from './script.ts'

/** The first version of Redis in which a script declares whether it writes. */
const oldest = 7

/**
 * Reads which run of Redis this is, and which incarnation of its data: a restart has another process id,
 * a promoted replica another replication id. @throws Error, one line, where this Redis can't keep its
 * data.
 */
export async function beginRun(
  client: RedisClient,
  root: string,
  id: string,
): Promise<{ readonly run: string; readonly incarnation: string }> {
  const info = fieldsOf(
    (await Promise.all(['server', 'memory', 'replication'].map((part) => readInfo(client, part)))).join('\n'),
  )
  const version = info.get('redis_version') ?? ''
  if (Number.parseInt(version, 10) < oldest)
    throw new Error(`Redis ${version} is too old; ${oldest} or later is needed`)
  const mode = info.get('redis_mode') ?? 'standalone'
  if (mode !== 'standalone')
    throw new Error(`it runs as "${mode}"; one Redis server, which may have replicas, is what is spoken with`)
  const policy = info.get('maxmemory_policy') ?? 'noeviction'
  if (policy !== 'noeviction')
    throw new Error(`its maxmemory-policy is "${policy}", which throws records away; it must be "noeviction"`)
  const run = `${info.get('run_id')}:${info.get('master_replid')}`
  const incarnation = await client.sendCommand(['EVAL', begin.text, '1', scriptKey(root), run, id])
  return { run, incarnation: String(incarnation) }
}

async function readInfo(client: RedisClient, part: string): Promise<string> {
  return String(await client.sendCommand(['INFO', part]))
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line): [string, string][] => {
      const at = line.indexOf(':')
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)]]
    }),
  )
}

/** Lua: gives every channel a new epoch of letters and digits, made from a seed, a different one for each. */
export const renewAll = `
local function renew_all(seed)
  local names = call('ZRANGE', P .. ':names', 0, -1)
  for _, name in ipairs(names) do
    call('HSET', K('meta', name), 'epoch', string.sub(redis.sha1hex(seed .. name), 1, 20))
    call('ZADD', P .. ':touched', call('INCR', P .. ':clock'), name)
  end
  return #names
end
`

const begin = script(
  'writes',
  renewAll,
  `
if call('GET', P .. ':run') ~= ARGV[1] then
  call('SET', P .. ':run', ARGV[1])
  call('SET', P .. ':place', ARGV[2])
  renew_all(ARGV[2])
end
return call('GET', P .. ':place')
`,
)
