/** What stands at a path such as `data.items` or `0.time` in a JSON value; the empty path is the value itself. */
export function valueAtPath(value: unknown, path: string): unknown {
  if (path === '') return value
  return path.split('.').reduce<unknown>((at, name) => {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined
    return (at as Readonly<Record<string, unknown>>)[name]
  }, value)
}

/** Numbers below this are seconds: as milliseconds they would lie in January 1970. */
const leastMs = 1e11

/** A time stamp as ms of Unix time: ISO 8601, seconds or milliseconds. `null`: it is none of them. */
export function timestampAtPath(value: unknown, path: string): number | null {
  const found = valueAtPath(value, path)
  if (typeof found === 'number') return found < leastMs ? found * 1000 : found
  if (typeof found !== 'string') return null
  const parsed = /^\d+(\.\d+)?$/.test(found) ? Number(found) : Date.parse(found)
  if (Number.isNaN(parsed)) return null
  return parsed < leastMs ? parsed * 1000 : parsed
}
