import { Worker } from 'node:worker_threads'

/** Starts a file in this folder with the ending of this one: `.ts` where the source runs, `.js` where it is built. */
export function startThread(file: string, workerData: object): Worker {
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'))
  const url = new URL(`./${file}${extension}`, import.meta.url)
  if (extension !== '.ts') return new Worker(url, { workerData, name: file })
  const start = new URL('./thread-from-source.js', import.meta.url)
  return new Worker(start, { workerData: { ...workerData, source: url.href }, name: file })
}
