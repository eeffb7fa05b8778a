/** Draws series as an SVG: a panel for each thing that grows, a line for each figure, as times of its smallest size. */
import { growings, inDigits, inShort, type Series, timesOfFirst } from './series.ts'

const panel = { width: 300, height: 210, left: 34, top: 58, gap: 24 } as const
const legendLine = 18
/** Times of the smallest; the scale is logarithmic, so that half and double are as far from one. */
const scale = { least: 0.25, most: 4 } as const
const marks = [0.25, 0.5, 1, 2, 4]

export function growthPicture(all: readonly Series[]): string {
  const panels = growings.map((over) => all.filter((series) => series.over === over))
  const lines = Math.max(...panels.map(({ length }) => length))
  const width = panels.length * (panel.width + panel.gap) + panel.gap
  const height = panel.top + panel.height + 44 + lines * legendLine
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    '  <title id="title">How cost grows</title>',
    `  <desc id="description">${all.map(inWords).join(' ')}</desc>`,
    style,
    `  <rect class="ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" />`,
    `  <text class="text strong" x="${panel.gap}" y="26">Cost at each size, as times of that at the smallest</text>`,
    ...panels.flatMap((series, index) => panelOf(series, growings[index] ?? '', index)),
    '</svg>',
    '',
  ].join('\n')
}

function inWords({ title, over, unit, values }: Series): string {
  const each = values.map(({ size, value }) => `${inDigits(value)} ${unit} at ${inShort(size)}`)
  return `${title}, by ${over}: ${each.join(', ')}.`
}

function panelOf(all: readonly Series[], over: string, index: number): string[] {
  const x0 = panel.gap + index * (panel.width + panel.gap)
  const [left, right] = [x0 + panel.left, x0 + panel.width - 12]
  const foot = panel.top + panel.height
  const yOf = (times: number): number => {
    const share = Math.log(inScale(times) / scale.least) / Math.log(scale.most / scale.least)
    return foot - share * panel.height
  }
  const sizes = all[0]?.values.map(({ size }) => size) ?? []
  const xOf = (at: number): number => (sizes.length < 2 ? left : left + (at * (right - left)) / (sizes.length - 1))
  const grid = marks.flatMap((mark) => [
    `  <line class="${mark === 1 ? 'base' : 'grid'}" x1="${left}" x2="${right}" y1="${at(yOf(mark))}" y2="${at(yOf(mark))}" />`,
    `  <text class="small end" x="${left - 6}" y="${at(yOf(mark) + 4)}">${mark}×</text>`,
  ])
  const ticks = sizes.map(
    (size, i) => `  <text class="small middle" x="${at(xOf(i))}" y="${foot + 18}">${inShort(size)}</text>`,
  )
  return [
    `  <text class="text" x="${x0}" y="${panel.top - 12}">${over}</text>`,
    ...grid,
    ...ticks,
    ...all.flatMap((series, i) => lineOf(series, i, xOf, yOf)),
    ...all.map((series, i) => legendOf(series, i, x0, foot + 42 + i * legendLine)),
  ]
}

function inScale(times: number): number {
  return Math.min(scale.most, Math.max(scale.least, times))
}

function lineOf(series: Series, index: number, xOf: (at: number) => number, yOf: (times: number) => number): string[] {
  const points = timesOfFirst(series).map(({ value }, i) => ({ x: at(xOf(i)), y: at(yOf(value)) }))
  return [
    `  <polyline class="line c${index}" points="${points.map(({ x, y }) => `${x},${y}`).join(' ')}" />`,
    ...points.map(({ x, y }) => `  <circle class="dot d${index}" cx="${x}" cy="${y}" r="3" />`),
  ]
}

function legendOf({ title, unit, values }: Series, index: number, x: number, y: number): string {
  const [first, last] = [values[0]?.value ?? 0, values.at(-1)?.value ?? 0]
  return `  <g><line class="line c${index}" x1="${x}" x2="${x + 18}" y1="${y - 4}" y2="${y - 4}" /><text class="small" x="${x + 26}" y="${y}">${title}: ${inDigits(first)} to ${inDigits(last)} ${unit}</text></g>`
}

function at(position: number): number {
  return Number(position.toFixed(1))
}

const style = `  <style>
    .ground { fill: #ffffff; stroke: #d9d9e0; }
    .text { fill: #1c2024; font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; }
    .small { fill: #60646c; font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; }
    .strong { font-weight: 600; }
    .middle { text-anchor: middle; }
    .end { text-anchor: end; }
    .grid { stroke: #e8e8ec; }
    .base { stroke: #80838d; }
    .line { fill: none; stroke-width: 2; }
    .c0 { stroke: #3e63dd; } .d0 { fill: #3e63dd; }
    .c1 { stroke: #30a46c; } .d1 { fill: #30a46c; }
    .c2 { stroke: #e5484d; stroke-dasharray: 6 3; } .d2 { fill: #e5484d; }
    .c3 { stroke: #8e4ec6; stroke-dasharray: 2 3; } .d3 { fill: #8e4ec6; }
    .c4 { stroke: #ad7f58; stroke-dasharray: 8 3 2 3; } .d4 { fill: #ad7f58; }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #111113; stroke: #363a3f; }
      .text { fill: #edeef0; }
      .small { fill: #b0b4ba; }
      .grid { stroke: #272a2d; }
      .base { stroke: #777b84; }
    }
  </style>`
