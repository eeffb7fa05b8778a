import { msWords, type Progress, shareWords } from '@dovetail/lab/compare'
import type { Colors } from '../colors.ts'
import type { ProgressView } from './progress-view.ts'

type Ran = Extract<Progress, { readonly step: 'ran' }>

const nameWidth = 12

/** A line for each run, as soon as its figures are there: for logs and files. */
export function progressLines(write: (text: string) => void, colors: Colors): ProgressView {
  let now = ''
  const line = (text: string): void => write(`${text}\n`)
  return {
    tell: (progress) => {
      switch (progress.step) {
        case 'starting':
          return line(colors.dim('warming up'))
        case 'run':
          now = `${String(progress.run).padStart(String(progress.runs).length)}/${progress.runs}`
          return
        case 'ran':
          return line(`${colors.dim(now)} ${figuresOf(progress, colors)}`)
        case 'memory':
          return line(colors.dim('memory of idle connections'))
      }
    },
    end: () => {},
  }
}

function figuresOf({ lap }: Ran, colors: Colors): string {
  const { p50, p99 } = lap.heard.latency.figures()
  const { requests, emptyRequests } = lap.busy.traffic
  const asked = requests === 0 ? 'no requests' : `${requests} requests, ${shareWords(emptyRequests / requests)} empty`
  const lost = lap.heard.lost === 0 ? '' : colors.red(`, ${lap.heard.lost} lost`)
  return `${lap.name.padEnd(nameWidth)} p50 ${msWords(p50)}, p99 ${msWords(p99)}, ${asked}${lost}`
}
