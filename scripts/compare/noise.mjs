/** How much a machine moves figures that are measured on it, and whether it is too busy for any. */
import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

const watchedMs = 5000
const repetitions = 200
const steps = 200_000

/**
 * `busyCores`: cores that other programs kept busy, on average. `spinSpread`: by how much the same piece of work took
 * longer in the slowest twentieth of its repetitions than in the middle one, as a part of that. `longestPauseMs`: for
 * how long a timer of this process came late at most.
 * @returns {Promise<import('./noise.mjs').Noise>}
 */
export async function measureNoise() {
  const before = busyMs()
  const began = performance.now()
  let longestPauseMs = 0
  for (let last = began; performance.now() - began < watchedMs; ) {
    await sleep(10)
    const at = performance.now()
    longestPauseMs = Math.max(longestPauseMs, at - last - 10)
    last = at
  }
  const busyCores = (busyMs() - before) / (performance.now() - began)
  return { busyCores, spinSpread: spinSpread(), longestPauseMs }
}

function busyMs() {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
}

function spinSpread() {
  const took = Array.from({ length: repetitions }, () => {
    const from = performance.now()
    let sum = 0
    for (let step = 0; step < steps; step++) sum = (sum * 31 + step) | 0
    return performance.now() - from + (sum === 0.5 ? 1 : 0)
  }).sort((a, b) => a - b)
  const middle = took[repetitions / 2] ?? 0
  return ((took[Math.floor(repetitions * 0.95)] ?? 0) - middle) / Math.max(middle, 1e-6)
}

const mostBusyCores = 0.2
const mostSpread = 0.5
const longestPauseMs = 100

/**
 * Why nothing can be measured on a machine as noisy as that; `null`: it can.
 * @param {import('./noise.mjs').Noise} noise
 */
export function refusal(noise) {
  const faults = [
    noise.busyCores > mostBusyCores &&
      `other programs keep ${noise.busyCores.toFixed(2)} cores busy (${mostBusyCores} at most)`,
    noise.spinSpread > mostSpread &&
      `the same work takes up to ${(noise.spinSpread * 100).toFixed(0)} % longer from one time to the next (${mostSpread * 100} % at most)`,
    noise.longestPauseMs > longestPauseMs &&
      `a timer came ${noise.longestPauseMs.toFixed(0)} ms late (${longestPauseMs} ms at most)`,
  ].filter((fault) => fault !== false)
  return faults.length === 0
    ? null
    : `This machine is too busy to measure on: ${faults.join('; ')}. Stop what else runs here.`
}
