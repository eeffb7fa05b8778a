import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

/** Starts a file in this folder with the ending of this one: `.ts` where the source runs, `.js` where it is built. */
export function startThread(file: string, workerData: object): Worker {
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'))
  const url = new URL(`./${file}${extension}`, import.meta.url)
  if (extension !== '.ts') return new Worker(url, { workerData, name: file })
  const built = builtThread(file)
  // Without the arguments by which the source finds other sources.
  if (built !== null) return new Worker(built, { workerData, name: file, execArgv: [] })
  const start = new URL('./thread-from-source.js', import.meta.url)
  return new Worker(start, { workerData: { ...workerData, source: url.href }, name: file })
}

/**
 * In tests, what was built of the file; `null`: nothing. A thread that compiles its source takes a second, and tests start
 * hundreds; vitest.config.ts has built what is newer than its build.
 */
function builtThread(file: string): URL | null {
  if (process.env.VITEST === undefined) return null
  const built = new URL(`../../../../dist/stores/sqlite/threads/${file}.js`, import.meta.url)
  return existsSync(built) ? built : null
}
