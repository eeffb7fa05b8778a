import { formatMilliseconds, formatPercent, type Progress } from 'dovetail-lab/compare'
import type { Colors } from '../terminal/colors.ts'
import type { ProgressView } from './progress-view.ts'

type Finished = Extract<Progress, { readonly step: 'finished' }>

const nameWidth = 12

/** A progress view for logs and files: prints a line for each run when it has ended. */
export function progressLines(write: (text: string) => void, colors: Colors): ProgressView {
  let now = ''
  const line = (text: string): void => write(`${text}\n`)
  return {
    update: (progress) => {
      switch (progress.step) {
        case 'starting':
          return line(colors.dim('warming up'))
        case 'run':
          now = `${String(progress.run).padStart(String(progress.runs).length)}/${progress.runs}`
          return
        case 'finished':
          return line(`${colors.dim(now)} ${figuresOf(progress, colors)}`)
        case 'memory':
          return line(colors.dim('memory of idle connections'))
      }
    },
    end: () => {},
  }
}

function figuresOf({ result }: Finished, colors: Colors): string {
  const { p50, p99 } = result.receipts.latency.figures()
  const { requests, emptyRequests } = result.busy.traffic
  const asked =
    requests === 0 ? 'no requests' : `${requests} requests, ${formatPercent(emptyRequests / requests)} empty`
  const lost = result.receipts.lost === 0 ? '' : colors.red(`, ${result.receipts.lost} lost`)
  return `${result.name.padEnd(nameWidth)} p50 ${formatMilliseconds(p50)}, p99 ${formatMilliseconds(p99)}, ${asked}${lost}`
}
