/** Runs tasks in the order in which they are given, at most `atOnce` at a time. A task must not reject. */
export function createTurns(atOnce: number): (task: () => Promise<void>) => void {
  const queue: (() => Promise<void>)[] = []
  let underWay = 0
  const next = () => {
    const task = underWay < atOnce ? queue.shift() : undefined
    if (task === undefined) return
    underWay++
    void task().finally(() => {
      underWay--
      next()
    })
  }
  return (task) => {
    queue.push(task)
    // Not within the render that asks.
    queueMicrotask(next)
  }
}
