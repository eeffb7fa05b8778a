import { stopOnSignal } from '../../terminal/stop-on-signal.ts'
import type { Terminal } from '../../terminal/terminal.ts'

/** A controller that is aborted by Ctrl-C, by SIGTERM, and when stdout is closed. */
export function endOf(terminal: Terminal): AbortController {
  const control = new AbortController()
  const stop = async (): Promise<void> => control.abort()
  void stopOnSignal({ signals: terminal.signals, stop, withinMs: 5000, exit: terminal.exit })
  terminal.onStdoutGone(() => control.abort())
  return control
}
