import { parentPort } from 'node:worker_threads'
import { type Answer, type Call, endVerb, type Verbs } from './thread-caller.ts'

/** Answers a `ThreadCaller` from within its thread. */
export function serveCalls(verbs: Verbs): void {
  const port = parentPort
  if (port === null) throw new Error('this file is a thread of the store and runs nowhere else')
  port.on('message', ([id, verb, values]: Call) => {
    if (verb === endVerb) port.close()
    else port.postMessage(answer(verbs, id, verb, values))
  })
}

function answer(verbs: Verbs, id: number, verb: string, values: readonly unknown[]): Answer {
  try {
    const run = verbs[verb] as ((...values: readonly unknown[]) => unknown) | undefined
    if (run === undefined) throw new Error(`no such verb: ${verb}`)
    return [id, run(...values)]
  } catch (error) {
    return [id, null, error instanceof Error ? error.message : String(error)]
  }
}
