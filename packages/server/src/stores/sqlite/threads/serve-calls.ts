import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { sqliteCode } from '../driver/sqlite-code.ts'
import { type Answer, type Call, endVerb, type ThreadStart, type Verbs } from './thread-caller.ts'

/**
 * Answers a `ThreadCaller` from within its thread, and returns after the call that ends it. The thread
 * sleeps on a counter in shared memory: waking its event loop for each message would take 48 µs of CPU
 * per round trip instead of 16.
 */
export function serveCalls(verbs: Verbs): void {
  const port = parentPort
  if (port === null) throw new Error('this file is a thread of the store and runs nowhere else')
  const { notification } = workerData as ThreadStart
  for (;;) {
    // Read before the messages, so that a message that arrives in between wakes the thread.
    const rung = Atomics.load(notification, 0)
    if (answerAll(port, verbs) === 'end') return
    Atomics.wait(notification, 0, rung)
  }
}

function answerAll(port: MessagePort, verbs: Verbs): 'end' | 'wait' {
  for (;;) {
    const received = receiveMessageOnPort(port)
    if (received === undefined) return 'wait'
    const [verb, values] = received.message as Call
    if (verb === endVerb) return 'end'
    port.postMessage(answer(verbs, verb, values))
  }
}

function answer(verbs: Verbs, verb: string, values: readonly unknown[]): Answer {
  try {
    const run = verbs[verb] as ((...values: readonly unknown[]) => unknown) | undefined
    if (run === undefined) throw new Error(`no such verb: ${verb}`)
    return [run(...values)]
  } catch (error) {
    return [null, error instanceof Error ? error.message : String(error), sqliteCode(error)]
  }
}
