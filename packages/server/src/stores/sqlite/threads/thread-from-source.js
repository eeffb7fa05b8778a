/**
 * Runs a thread from its TypeScript source: threads of Node 20 do not inherit the loader with which the
 * main thread reads it. This file is JavaScript for that reason; built code does not need it.
 */
import { workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
await import(workerData.source)
