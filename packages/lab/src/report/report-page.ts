/** Builds a comparison's report as one HTML file, which opens from disk and loads nothing. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CompareResult } from '../compare/compare-result.ts'
import { formatBytes, formatNumber } from '../compare/verdict/format.ts'
import { byteBars, radioBars, requestBars } from './bars.ts'
import { decisionPicture } from './decision-picture.ts'
import { delayRows } from './delay-rows.ts'
import { escapeHtml } from './escape-html.ts'
import { figuresTable } from './figures-table.ts'
import { plotsOf } from './plot-data.ts'
import { plotsClient } from './plots-client.ts'
import { scaleTable } from './scale-table.ts'
import { style } from './style.ts'
import { timeline } from './timeline.ts'
import { waysList } from './ways.ts'

export async function reportPage(result: CompareResult): Promise<string> {
  const [script, sheet] = await Promise.all(['uPlot.iife.min.js', 'uPlot.min.css'].map(ofPlotLibrary))
  // No text can end the element that it stands in.
  const plots = JSON.stringify(plotsOf(result)).replaceAll('<', '\\u003c')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(`dovetail compare: ${result.workload.name}`)}</title>
<style>${sheet}${style}</style></head>
<body>${bodyOf(result)}
<script type="application/json" id="plots">${plots}</script>
<script>${script}</script><script>${plotsClient}</script></body></html>
`
}

/** The published package carries the files (scripts/release/packages.mjs); a checkout has the package that they are from. */
function ofPlotLibrary(name: string): Promise<string> {
  const own = fileURLToPath(new URL('../../uplot', import.meta.url))
  if (existsSync(own)) return readFile(join(own, name), 'utf8')
  return readFile(createRequire(import.meta.url).resolve(`uplot/dist/${name}`), 'utf8')
}

function bodyOf(result: CompareResult): string {
  const { verdict, contenders } = result
  const [lead = '', ...others] = verdict.sentences.map(escapeHtml)
  const decision = decisionPicture(result)
  const about =
    'The rate of events goes across, patience goes down: the longer somebody can wait, the more seldom a poll has to ask. Computed from what each way was measured to cost idle and for an event. Striped: polls.'
  return `<header>${heading(result)}<p class="lead">${lead}</p></header>
${decision === '' ? '' : section('Which way is the cheapest', about, decision)}
<section><h2>In words</h2>${others.map((each) => `<p>${each}</p>`).join('')}</section>
${section('The ways', 'All read one log of one server, from a cursor.', waysList(contenders))}
${section('What was measured', 'Lateness counts from when an event should have been sent. CPU and memory are the server’s. The cost is of 1,000 clients and an hour.', figuresTable(result))}
${section('How late', 'All ways on one axis, the sooner the further left.', delayRows(result))}
${section('Who received when', 'Events on the sender’s line, and when the first client of each candidate received them.', timeline(contenders))}
${section('Bytes per event', `Both ways, counted on the sockets. ${estimate(result)}`, byteBars(contenders))}
${section('Requests, and those for nothing', 'Of one client.', requestBars(contenders))}
${radioSection(contenders)}
${section('What a rate of events costs', 'Computed from idling and from what one event adds. Ways that are nowhere a tenth apart share a line.', `${plot('costByRate')}${crossings(verdict)}`)}
${verdict.cached === null ? '' : section('What many clients cost', cachedClients, plot('costByClients'))}
${section('With many clients (computed)', scaleAbout(verdict), verdict.atScale.length === 0 ? '' : scaleTable(verdict))}`
}

function heading({ workload, machine, command, seed, server }: CompareResult): string {
  const { name, about, clients, rounds, seconds, events } = workload
  const times = rounds === 1 ? 'one round' : `${rounds} rounds`
  const what = `${name}: ${about}. ${clients} clients each, ${times} of ${formatNumber(seconds)} s with ${events} events, seed ${seed}.`
  const where = `${machine.cores} cores (${machine.processor}), ${formatBytes(machine.memoryBytes)}, ${machine.system}, Node ${machine.node}; ${server.spawned ? 'a server of its own on the same machine' : 'a server that ran already'}.`
  return `<h1>Polling or a WebSocket?</h1><p>${escapeHtml(what)}</p><p class="weak">${escapeHtml(where)}</p><p><code>${escapeHtml(command)}</code></p>`
}

const cachedClients =
  'Computed: measured cost of one client times clients. Behind a cache the server is asked once an interval, however many read; the circle is where that begins to pay.'

function crossings({ breakEven }: CompareResult['verdict']): string {
  const push = breakEven.find((each) => each.push === 'websocket')?.push ?? breakEven[0]?.push
  const words = breakEven.flatMap((each) => {
    if (each.push !== push || !('eventsPerSecond' in each.pushPays)) return []
    return [`${each.poll} at ${formatNumber(each.pushPays.eventsPerSecond)} events a second`]
  })
  return words.length === 0
    ? ''
    : `<p class="note-plain">Circles: ${escapeHtml(push ?? '')} costs as much as ${escapeHtml(words.join(', '))}.</p>`
}

function radioSection(contenders: CompareResult['contenders']): string {
  const [model] = contenders.flatMap(({ radio }) => (radio === null ? [] : [radio.model]))
  if (model === undefined) return ''
  const about = `For how much of the time a phone’s radio is on, counted from the times of each client’s packets. A packet wakes the radio, which then stays on for some ten seconds (${model}).`
  return section('On a phone', escapeHtml(about), radioBars(contenders))
}

function scaleAbout({ formulas, missingScale }: CompareResult['verdict']): string {
  const { scale, prices, cost } = formulas
  return escapeHtml([missingScale, `${scale}.`, `${prices}: ${cost}.`].filter((each) => each !== null).join(' '))
}

function section(title: string, about: string, content: string): string {
  return `<section><h2>${title}</h2><p class="weak">${about}</p>${content}</section>`
}

function plot(id: string): string {
  return `<div class="plot" id="${id}"></div>`
}

function estimate({ contenders }: CompareResult): string {
  const [first] = contenders
  if (first === undefined) return ''
  const each = contenders
    .filter(({ delivered }) => delivered > 0)
    .map(
      ({ name, bytes, delivered }) =>
        `${name} ${formatNumber(bytes.estimated.tcpIp / delivered)} + ${formatNumber(bytes.estimated.tls / delivered)}`,
    )
  return `Below the sockets, estimated and not in the bars, bytes per event of TCP/IP + TLS: ${escapeHtml(each.join(', '))}. ${escapeHtml(first.bytes.estimated.how)}`
}
