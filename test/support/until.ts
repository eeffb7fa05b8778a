/** How long a test waits for something that must happen: generous, since the machine may be slow and busy. */
export const patienceMs = 45_000

/** Waits for a promise; on a timeout, the error says what was expected and what was seen instead. */
export async function until<Value>(
  what: string,
  coming: Promise<Value>,
  seen: () => string = () => '',
  waitMs = patienceMs,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${waitMs} ms for ${what}. ${seen()}`)), waitMs)
  })
  try {
    return await Promise.race([coming, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Marks a promise that the test awaits later. If the test fails before it does, the promise's own rejection (its server
 * is gone by then) is no second, unhandled error that fails the whole run.
 */
export function awaitLater<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined)
  return promise
}
