import type { Clock, Stop } from '../../ports/clock.ts'

/** The value of the promise; rejects where it takes longer than `ms`, and the promise is then ignored. */
export async function inTime<Value>(clock: Clock, ms: number, promise: Promise<Value>): Promise<Value> {
  let stop: Stop = () => {}
  const late = new Promise<never>((_resolve, reject) => {
    stop = clock.after(ms, () => reject(new Error(`no answer within ${ms} ms`)))
  })
  promise.catch(() => {})
  return await Promise.race([promise, late]).finally(stop)
}
