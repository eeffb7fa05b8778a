import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { sqliteCode } from '../driver/sqlite-code.ts'
import { type Answer, type Call, endVerb, type ThreadStart, type Verbs } from './thread-caller.ts'

/** Verbs that commit small changes, each with a flush of its own where it comes alone. */
export interface Together {
  readonly verbs: ReadonlySet<string>
  /** Runs what calls them in one transaction, with one flush. @throws where nothing of it was committed */
  readonly run: (calls: () => void) => void
}

/** How many of them share a flush. */
const maxTogether = 256

/**
 * Answers a `ThreadCaller` from within its thread, and returns after the call that ends it. The thread
 * sleeps on a counter in shared memory: waking its event loop for each message would take 48 µs of CPU
 * per round trip instead of 16.
 */
export function serveCalls(verbs: Verbs, together: Together | null = null): void {
  const port = parentPort
  if (port === null) throw new Error('this file is a thread of the store and runs nowhere else')
  const { notification } = workerData as ThreadStart
  for (;;) {
    // Read before the messages, so that a message that arrives in between wakes the thread.
    const rung = Atomics.load(notification, 0)
    if (answerAll(port, verbs, together) === 'end') return
    Atomics.wait(notification, 0, rung)
  }
}

function answerAll(port: MessagePort, verbs: Verbs, together: Together | null): 'end' | 'wait' {
  for (let call = nextCall(port); call !== null; ) {
    const [verb, values] = call
    if (verb === endVerb) return 'end'
    const group = [call]
    let next = nextCall(port)
    while (next !== null && group.length < maxTogether && together?.verbs.has(verb) && together.verbs.has(next[0])) {
      group.push(next)
      next = nextCall(port)
    }
    if (together === null || group.length === 1) port.postMessage(answer(verbs, verb, values))
    else for (const each of answerTogether(verbs, group, together)) port.postMessage(each)
    call = next
  }
  return 'wait'
}

function nextCall(port: MessagePort): Call | null {
  const received = receiveMessageOnPort(port)
  return received === undefined ? null : (received.message as Call)
}

function answerTogether(verbs: Verbs, group: readonly Call[], together: Together): readonly Answer[] {
  const answers: Answer[] = []
  try {
    together.run(() => {
      for (const [verb, values] of group) answers.push(answer(verbs, verb, values))
    })
    return answers
  } catch (error) {
    return group.map(() => failed(error))
  }
}

function answer(verbs: Verbs, verb: string, values: readonly unknown[]): Answer {
  try {
    const run = verbs[verb] as ((...values: readonly unknown[]) => unknown) | undefined
    if (run === undefined) throw new Error(`no such verb: ${verb}`)
    return [run(...values)]
  } catch (error) {
    return failed(error)
  }
}

function failed(error: unknown): Answer {
  return [null, error instanceof Error ? error.message : String(error), sqliteCode(error)]
}
