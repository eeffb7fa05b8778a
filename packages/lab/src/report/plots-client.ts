/**
 * What runs in the report's page. Its functions are put there as they are, so they use nothing but each other, what a
 * browser has, and uPlot.
 */
import type { PlotData, Plots } from './plot-data.ts'

interface Plot {
  readonly bbox: { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
  readonly ctx: CanvasRenderingContext2D
  valToPos(value: number, scale: string, canvas: boolean): number
  destroy(): void
  setSize(size: { width: number; height: number }): void
}

declare const uPlot: new (options: object, data: readonly (readonly (number | null)[])[], into: HTMLElement) => Plot

function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

/** A power of ten in short; nothing between them, where an axis would be too full. */
function tickText(value: number): string {
  if (value >= 1000) return value >= 1e6 ? `${value / 1e6}M` : `${value / 1000}k`
  return String(Number(value.toPrecision(2)))
}

/** A vertical line where something is wanted or given, a circle where two lines meet; words at the foot, one per row. */
function drawPoints(plot: Plot, data: PlotData): void {
  const { ctx, bbox } = plot
  const ratio = devicePixelRatio
  const foot = bbox.top + bbox.height
  ctx.save()
  ctx.font = `${12 * ratio}px system-ui, sans-serif`
  ctx.fillStyle = ctx.strokeStyle = colourOf('--text')
  ctx.lineWidth = ratio
  for (const [index, { x, y, words }] of data.points.entries()) {
    const at = plot.valToPos(x, 'x', true)
    if (!(at >= bbox.left && at <= bbox.left + bbox.width)) continue
    const row = foot - (8 + 15 * index) * ratio
    ctx.setLineDash([4 * ratio, 4 * ratio])
    ctx.beginPath()
    ctx.moveTo(at, y === null ? bbox.top : plot.valToPos(y, 'y', true))
    ctx.lineTo(at, y === null ? foot : row)
    ctx.stroke()
    if (y !== null) {
      ctx.setLineDash([])
      ctx.beginPath()
      ctx.arc(at, plot.valToPos(y, 'y', true), 5 * ratio, 0, 2 * Math.PI)
      ctx.stroke()
    }
    const isRight = at > bbox.left + bbox.width * 0.7
    ctx.textAlign = isRight ? 'right' : 'left'
    ctx.fillText(words, at + (isRight ? -6 : 6) * ratio, row)
  }
  ctx.restore()
}

function optionsOf(data: PlotData, width: number): object {
  const axis = (label: string) => ({
    label,
    stroke: colourOf('--weak'),
    grid: { stroke: colourOf('--line'), width: 0.5 },
    ticks: { stroke: colourOf('--line'), width: 1 },
    font: '12px system-ui, sans-serif',
    labelFont: '12px system-ui, sans-serif',
    size: 56,
    values: (_plot: unknown, ticks: readonly (number | null)[]) => ticks.map((v) => (v === null ? '' : tickText(v))),
  })
  return {
    width,
    height: 340,
    cursor: { show: false },
    legend: { live: false },
    scales: { x: { time: false, distr: 3 }, y: data.isYLog ? { distr: 3 } : { range: [0, 102] } },
    axes: [axis(data.xLabel), axis(data.yLabel)],
    series: [
      {},
      ...data.lines.map(({ name, style }) => ({
        label: name,
        stroke: colourOf(style.colour),
        width: 2,
        dash: style.dash,
        points: { show: false },
      })),
    ],
    hooks: { draw: [(plot: Plot) => drawPoints(plot, data)] },
  }
}

function drawAll(plots: Plots): () => void {
  const drawn = Object.entries(plots).flatMap(([id, data]: [string, PlotData]) => {
    const into = document.getElementById(id)
    if (into === null) return []
    return [new uPlot(optionsOf(data, into.clientWidth), [data.x, ...data.lines.map(({ y }) => y)], into)]
  })
  return () => {
    for (const plot of drawn) plot.destroy()
  }
}

/** Drawn anew where the window, the scheme of colours or the paper changes. */
function showPlots(): void {
  const plots = JSON.parse(document.getElementById('plots')?.textContent ?? '{}') as Plots
  let clear = drawAll(plots)
  const again = () => {
    clear()
    clear = drawAll(plots)
  }
  addEventListener('resize', again)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again)
  const paper = (isOn: boolean) => {
    document.documentElement.classList.toggle('paper', isOn)
    again()
  }
  addEventListener('beforeprint', () => paper(true))
  addEventListener('afterprint', () => paper(false))
}

/** `__name` is what some compilers wrap functions in. */
export const plotsClient = `const __name = (it) => it
${[colourOf, tickText, drawPoints, optionsOf, drawAll, showPlots].map(String).join('\n')}
showPlots()`
