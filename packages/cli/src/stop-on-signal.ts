import { setTimeout as pause } from 'node:timers/promises'

/** What can be told to end: `process`, or an emitter in a test. */
export interface SignalSource {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown
}

export interface Stopping {
  readonly signals: SignalSource
  readonly stop: () => Promise<void>
  /** After this long, or at a second signal, the process ends whatever is still under way. */
  readonly withinMs: number
  readonly exit: (code: number) => void
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

/** Ctrl-C reaches a process under npm twice, from the terminal and from npm: that is one wish, not two. */
const sameWishMs = 500

/** Until the copy has come: one that meets a process which is just ending would turn its clean end into a killed one. */
const copyMs = 200

/** What is cut off did not end well. */
const cutOffExit = 1

/** Resolves when the first SIGTERM or SIGINT has come and `stop` is done. The listeners stay until the process ends. */
export function stopOnSignal({
  signals,
  stop,
  withinMs,
  exit,
  now = () => performance.now(),
}: Stopping): Promise<void> {
  return new Promise((resolve, reject) => {
    let firstAt: number | null = null
    const onSignal = (): void => {
      if (firstAt !== null) {
        if (now() - firstAt >= sameWishMs) exit(cutOffExit)
        return
      }
      firstAt = now()
      const cutOff = setTimeout(() => exit(cutOffExit), withinMs)
      Promise.all([stop(), pause(copyMs)])
        .then(() => resolve(), reject)
        // From here the process ends by itself; the timer stays for the case that something keeps it.
        .finally(() => cutOff.unref())
    }
    signals.on('SIGTERM', onSignal)
    signals.on('SIGINT', onSignal)
  })
}
