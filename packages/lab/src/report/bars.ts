/** Bars in parts, of plain HTML: they read the same on screen, on paper and by a screen reader. */
import type { CandidateResult } from '../compare/results/candidate-result.ts'
import { formatBytes, formatNumber, formatPercent } from '../compare/verdict/format.ts'
import { escapeHtml } from './escape-html.ts'

interface Part {
  readonly style: string
  readonly title: string
  readonly value: number
}

interface Bar {
  readonly name: string
  readonly parts: readonly Part[]
  readonly total: string
}

/** What an event costs on the wire, both ways, by what the bytes are for. */
export function byteBars(contenders: readonly CandidateResult[]): string {
  const heard = contenders.filter(({ bytes, delivered }) => bytes.perDelivery !== null && delivered > 0)
  return bars(
    heard.map(({ name, bytes: { up, down, perDelivery }, delivered }) => ({
      name,
      parts: [
        { style: 'headers', title: 'HTTP headers', value: (up.httpHeaders + down.httpHeaders) / delivered },
        { style: 'chunks', title: 'chunk framing', value: (up.chunkFraming + down.chunkFraming) / delivered },
        {
          style: 'frames',
          title: 'WebSocket framing',
          value: (up.webSocketFraming + down.webSocketFraming) / delivered,
        },
        { style: 'payload', title: 'payload', value: (up.payload + down.payload) / delivered },
      ],
      total: formatBytes(perDelivery),
    })),
    formatBytes,
  )
}

/** What was asked for nothing. A stream or a socket asks once, to open. */
export function requestBars(contenders: readonly CandidateResult[]): string {
  return bars(
    contenders.map(({ name, kind, requests, emptyShare, clients, seconds }) => {
      const perMinute = kind === 'push' ? 0 : (requests * 60) / Math.max(1, clients) / Math.max(seconds, 0.001)
      return {
        name,
        parts: [
          { style: 'useful', title: 'brought something', value: perMinute * (1 - emptyShare) },
          { style: 'empty', title: 'brought nothing', value: perMinute * emptyShare },
        ],
        total: kind === 'push' ? 'one, to open' : `${formatNumber(perMinute)} a minute`,
      }
    }),
    formatNumber,
  )
}

/** For how much of the time a phone's radio is on, which is what empties its battery. */
export function radioBars(contenders: readonly CandidateResult[]): string {
  const known = contenders.flatMap(({ name, radio }) => (radio === null ? [] : [{ name, radio }]))
  return bars(
    known.map(({ name, radio }) => ({
      name,
      parts: [
        { style: 'empty', title: 'on', value: radio.onShare },
        { style: 'off', title: 'off', value: 1 - radio.onShare },
      ],
      total: `${formatPercent(radio.onShare)} · ${formatNumber(radio.wakeUpsPerHour)} wake-ups an hour`,
    })),
    formatPercent,
  )
}

function bars(all: readonly Bar[], words: (value: number) => string): string {
  const most = Math.max(Number.MIN_VALUE, ...all.map(({ parts }) => sum(parts)))
  const rows = all.map(({ name, parts, total }) => {
    const shown = parts.filter(({ value }) => value > 0)
    const said = shown.map(({ title, value }) => `${title} ${words(value)}`).join(', ') || total
    const drawn = shown.map(({ style, title, value }) => {
      const width = ((value / most) * 100).toFixed(2)
      return `<i class="${style}" style="width:${width}%" title="${title} ${words(value)}"></i>`
    })
    return `<span>${escapeHtml(name)}</span><span class="bar" role="img" aria-label="${escapeHtml(said)}">${drawn.join('')}</span><span>${total}</span>`
  })
  const legend = (all[0]?.parts ?? []).map(({ style, title }) => `<span><b class="${style}"></b>${title}</span>`)
  return `<div class="legend">${legend.join('')}</div><div class="bars">${rows.join('')}</div>`
}

function sum(parts: readonly Part[]): number {
  return parts.reduce((total, { value }) => total + value, 0)
}
