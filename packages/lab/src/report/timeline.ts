/** Each event on the sender's line, and on each candidate's line at the moment its first client received it: lateness is a distance. */
import type { CandidateResult } from '../compare/results/candidate-result.ts'
import { formatMilliseconds } from '../compare/verdict/format.ts'
import { escapeHtml } from './escape-html.ts'
import { lineStyle } from './line-style.ts'

const width = 1032
const left = 110
const right = 16
const laneHeight = 34
const top = 30
const mostEvents = 40

export function timeline(contenders: readonly CandidateResult[]): string {
  const lanes = contenders.filter(({ timeline }) => timeline.length > 0)
  const sent = (lanes[0]?.timeline ?? []).slice(0, mostEvents).map(({ sentMs }) => sentMs)
  const last = Math.max(
    1,
    ...lanes.flatMap((lane) => lane.timeline.slice(0, mostEvents).map((s) => s.heardMs ?? s.sentMs)),
  )
  const x = (ms: number): string => (left + (ms / last) * (width - left - right)).toFixed(1)
  const height = top + (lanes.length + 1) * laneHeight + 8
  const drawn = lanes.map((lane, index) => laneOf(lane, index, contenders.indexOf(lane), x))
  const sender = sent.map((ms) => `<circle class="sent" cx="${x(ms)}" cy="${top}" r="3"/>`)
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (part) =>
      `<text x="${x(part * last)}" y="${height - 2}" text-anchor="${part === 1 ? 'end' : 'middle'}">${formatMilliseconds(part * last)}</text>`,
  )
  return `<div class="scroll" tabindex="0" role="region" aria-label="Timeline"><svg class="wide" viewBox="0 0 ${width} ${height + 8}" role="img" aria-label="When each event was sent, and when each candidate received it">
<text x="0" y="${top + 4}">sent</text><line class="lane" x1="${left}" x2="${width - right}" y1="${top}" y2="${top}"/>
${drawn.join('')}${sender.join('')}${ticks.join('')}</svg></div>`
}

function laneOf({ name, timeline }: CandidateResult, lane: number, colour: number, x: (ms: number) => string): string {
  const y = top + (lane + 1) * laneHeight
  const style = `var(${lineStyle(colour).colour})`
  const marks = timeline.slice(0, mostEvents).map(({ sentMs, heardMs }) => {
    if (heardMs === null) return ''
    // Down from the moment it was sent, then along to the moment it was received.
    const from = x(sentMs)
    const to = x(heardMs)
    return `<path class="late" style="stroke:${style}" d="M${from} ${y - 7}V${y}H${to}"/><circle cx="${to}" cy="${y}" r="3" style="fill:${style}"><title>${formatMilliseconds(heardMs - sentMs)} late</title></circle>`
  })
  return `<text x="0" y="${y + 4}">${escapeHtml(name)}</text><line class="lane" x1="${left}" x2="${width - right}" y1="${y}" y2="${y}"/>${marks.join('')}`
}
