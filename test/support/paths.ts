let counter = 0

/** A channel of its own for each test, so that tests of one file don't meet. */
export function freshChannel(namespace = 'chat'): string {
  counter += 1
  return `${namespace}:t${counter}`
}

/** Where a collection, or one of its records, stands. */
export function at(channel: string, collection = 'messages', id?: string): string {
  const path = `/v1/channels/${channel}/${collection}`
  return id === undefined ? path : `${path}/${id}`
}
