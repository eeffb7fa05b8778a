import type { Progress } from '@dovetail/lab/compare'
import type { Terminal } from '../terminal.ts'

/** Progress goes to stderr, so that stdout is what was asked for and nothing else. */
export function tellProgress(terminal: Terminal): { tell(progress: Progress): void; end(): void } {
  const line = (text: string): void => terminal.stderr(`${text}\n`)
  return {
    tell: (progress) => {
      switch (progress.step) {
        case 'starting':
          return line('starting a server and warming up')
        case 'run':
          return line(`${progress.run}/${progress.runs} ${progress.name}`)
        case 'ran':
          return
        case 'memory':
          return line('memory per connection')
      }
    },
    end: () => {},
  }
}
