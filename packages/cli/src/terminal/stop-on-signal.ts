import { setTimeout as pause } from 'node:timers/promises'

/** The emitter of stop signals: `process`, or an emitter in a test. */
export interface SignalSource {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown
}

export interface StopOnSignalOptions {
  readonly signals: SignalSource
  readonly stop: () => Promise<void>
  /** After this time, or at a second signal, the process ends although the stop is not done. */
  readonly withinMs: number
  readonly exit: (code: number) => void
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

/** Signals within this time count as one: under npm, Ctrl-C reaches the process twice, from the terminal and from npm. */
const sameWishMs = 500

/** How long the process waits for the second copy of Ctrl-C, which would otherwise kill it while it ends cleanly. */
const copyMs = 200

/** The exit code of a stop that was cut off. */
const cutOffExit = 1

/** Resolves when the first SIGTERM or SIGINT has come and `stop` is done. The listeners stay until the process ends. */
export function stopOnSignal({
  signals,
  stop,
  withinMs,
  exit,
  now = () => performance.now(),
}: StopOnSignalOptions): Promise<void> {
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
