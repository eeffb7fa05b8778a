/**
 * Runs a thread from its TypeScript: threads of Node 20 do not inherit what makes the main thread
 * read it. JavaScript for that reason; what is built does not need it.
 */
import { workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
await import(workerData.source)
