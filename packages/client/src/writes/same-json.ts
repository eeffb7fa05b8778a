/** Whether two values are the same JSON. The order of an object's members does not count: PostgreSQL does not keep it. */
export function isSameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const members = Object.entries(left)
  return (
    members.length === Object.keys(right).length &&
    members.every(([name, value]) => Object.hasOwn(right, name) && isSameJson(value, Reflect.get(right, name)))
  )
}

/** A value as it arrives after being sent as JSON: without undefined members, dates as text. */
export function asSent(value: unknown): unknown {
  const text = JSON.stringify(value)
  return text === undefined ? undefined : JSON.parse(text)
}
