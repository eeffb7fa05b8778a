/**
 * `control.js FILE ARGUMENTS…`: runs a program in this process, as `node FILE ARGUMENTS…` would, and
 * reports over the IPC channel what the process has used. The program knows nothing of it.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'

export type AgentCommand = 'usage' | 'collect' | 'watch' | 'delay'

export interface Usage {
  /** Microseconds of CPU of the whole process, all its threads. */
  readonly cpu: number
  /** Resident bytes. */
  readonly rss: number
  readonly heap: number
  /** Buffers and what else of objects lies outside the heap. */
  readonly external?: number
}

export interface LoopDelay {
  /** Milliseconds beyond the grain of the watch. */
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const grainMs = 1
const delay = monitorEventLoopDelay({ resolution: grainMs })

const commands: { readonly [Each in AgentCommand]: () => unknown } = {
  usage: (): Usage => {
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed, external } = process.memoryUsage()
    return { cpu: user + system, rss, heap: heapUsed, external }
  },
  collect: () => {
    const collect = (globalThis as { gc?: () => void }).gc
    // A second time: the first one only queues what finalizers let go of.
    for (let i = 0; i < 2; i++) collect?.()
  },
  watch: () => {
    delay.reset()
    delay.enable()
  },
  delay: (): LoopDelay => {
    delay.disable()
    const ms = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - grainMs)
    return { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) }
  },
}

process.on('message', (question: AgentCommand) => process.send?.({ question, answer: commands[question]() }))
// The channel alone must not keep a server alive that has nothing left to do.
process.channel?.unref()

const [node = '', , file = '', ...args] = process.argv
process.argv = [node, file, ...args]
await import(pathToFileURL(file).href)
