/** How long a test waits for something that must come: generous, since the machine may be slow and busy. */
export const patienceMs = 20_000

/** Waits for what must come; where it does not, the error tells what was waited for and what was seen instead. */
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
