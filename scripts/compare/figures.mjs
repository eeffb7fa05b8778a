/** Writes the figures of docs/compare.md from the runs that docs/compare keeps, between markers in the page. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatBytes, formatMilliseconds, formatNumber, formatPercent, hourlyCost } from 'dovetail-lab/compare'
import { runs } from './runs.mjs'

/** Programs that do one job: a page by REST, then what changes after it, through cuts and expired tokens. */
const followers = [
  { way: 'the SDK, which chooses the way itself', file: 'examples/node/follow.mjs' },
  { way: 'an event stream, with curl and jq in Bash', file: 'examples/bash/follow.sh' },
  { way: 'a bare WebSocket, in Python', file: 'examples/python/follow.py' },
]

/** Lines that are neither empty nor comment alone; a text in three quotes that begins a line is a comment too. */
function linesOfCode(text) {
  const bare = text.replace(/^\s*"""[\s\S]*?"""/gm, '')
  return bare.split('\n').filter((line) => !/^\s*(#|\/\/|$)/.test(line)).length
}

/**
 * @param {string} folder
 * @returns {Promise<import('./figures.mjs').KeptRuns>}
 */
export async function readKeptRuns(folder) {
  const read = async (name) => JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8'))
  const results = await Promise.all(runs.map(async ({ name }) => [name, await read(name)]))
  const effort = await Promise.all(
    followers.map(async (each) => ({
      ...each,
      lines: linesOfCode(await readFile(join(folder, '../..', each.file), 'utf8')),
    })),
  )
  return { ...Object.fromEntries(results), noise: await read('noise'), effort }
}

/**
 * @param {string} page
 * @param {import('./figures.mjs').KeptRuns} kept
 */
export function renderFigures(page, kept) {
  const blocks = { short: shortTable(kept), machine: machineText(kept), effort: effortTable(kept) }
  for (const { name } of runs) blocks[name] = runText(name, kept[name])
  return page.replace(/(<!-- figures:(\w+) -->\n)[\s\S]*?(\n<!-- \/figures -->)/g, (_all, begin, name, end) => {
    const block = blocks[name]
    if (block === undefined) throw new Error(`docs/compare.md: there are no figures called ${name}`)
    return `${begin}\n${block}\n${end}`
  })
}

function wayOf(result, name) {
  const way = result.contenders.find((each) => each.name === name)
  if (way === undefined) throw new Error(`${result.workload.name}: ${name} was not measured`)
  return way
}

const p50 = (result, name) => formatMilliseconds(wayOf(result, name).latencyMs.p50)
const perEvent = (result, name) => formatBytes(wayOf(result, name).bytes.perDelivery)
const costOf = (result, name) => hourlyCost(wayOf(result, name), result.verdict.prices)

function questionText({ exchange }) {
  if (exchange === null) return 'headers, and no connection to keep'
  const { httpBytes, handshakeBytes, questions } = exchange
  return `it costs ${formatBytes(httpBytes)} of headers; a WebSocket costs ${formatBytes(handshakeBytes)} before its first message and saves bytes from ${questions} questions on one connection on`
}

function cachedText({ cached }) {
  const once = 'the server is asked once an interval, however many read'
  if (cached === null) return once
  return `${once}: from about ${formatNumber(cached.clients)} readers on this is cheaper for it than pushing (computed)`
}

function slowPollText({ breakEven }) {
  const rare = breakEven.find(({ push, poll }) => push === 'websocket' && poll === 'poll-1s')
  const often = rare?.pollIntervalMs ?? null
  if (often === null) return 'a request now and then costs less than what has to be held'
  return `polling every ${formatMilliseconds(often)} costs as much as a waiting socket; if you would ask less often than that, hold no connection`
}

function shortTable({ chat, quiet, feed, prices, game }) {
  const rows = [
    ['a question with one answer', 'a request', questionText(chat.verdict)],
    ['a page that is the same for many readers', 'polling, with a cache in front', cachedText(feed.verdict)],
    ['something rare, and time to wait', 'polling, slowly', slowPollText(quiet.verdict)],
    [
      'something rare, and no time to wait',
      'Server-Sent Events',
      `no request is wasted; of the polls every 100 ms, ${(wayOf(quiet, 'poll-100ms').emptyShare * 100).toFixed(2)} % brought nothing`,
    ],
    [
      'clients that listen more than they speak',
      'Server-Sent Events',
      `\`chat\`: ${p50(chat, 'sse')} instead of ${p50(chat, 'poll-1s')} at the median, for ${formatNumber(costOf(chat, 'sse') / costOf(chat, 'poll-1s'))} times the cost of polling every second`,
    ],
    [
      'clients that speak as often as they listen',
      'a WebSocket',
      `\`game\`: ${perEvent(game, 'websocket')} an event, ${perEvent(game, 'sse')} where every move is a request`,
    ],
    [
      'a high rate of which only the latest value counts, and a second to wait',
      'polling every second',
      `\`prices\`: an answer leaves out replaced values; it costs ${formatNumber(costOf(prices, 'poll-1s') / costOf(prices, 'websocket'))} times a socket that sends nearly all of them`,
    ],
    [
      'networks that let no stream through',
      'long-poll',
      `\`chat\`: ${p50(chat, 'long-poll')} at the median, at one request for nearly every event (${formatNumber(perMinute(wayOf(chat, 'long-poll')))} a client and minute)`,
    ],
  ]
  return [
    '| you have | take | what these runs say |',
    '|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n')
}

function effortTable({ effort }) {
  const rows = effort.map(
    ({ way, file, lines }) =>
      `| ${way} | [${file}](https://github.com/dovetail-log/dovetail/blob/main/${file}) | ${lines} |`,
  )
  return ['| by | file | lines of code |', '|---|---|---|', ...rows].join('\n')
}

function machineText({ chat, noise }) {
  const { cores, processor, system, node } = chat.machine
  const where = `The runs were made on ${cores} cores of ${processor} (${system}, Node ${node}); server, clients and lab shared the machine.`
  if (noise === null) return `${where} Other work ran on it, and its noise was not measured: look at the proportions.`
  const { busyCores, spinSpread, longestPauseMs } = noise
  return (
    `${where} Its noise just before: other programs kept ${formatNumber(busyCores)} cores busy, the same piece of work took ` +
    `${formatPercent(spinSpread)} longer in the slowest twentieth of its repetitions than in the middle one, and no timer was more than ${formatMilliseconds(longestPauseMs)} late.`
  )
}

function runText(name, result) {
  const { workload, command, seed, verdict, contenders } = result
  const rounds = workload.rounds === 1 ? 'one round' : `${workload.rounds} rounds`
  const heads = [
    'way',
    'p50',
    'p99',
    'requests a client and minute',
    'for nothing',
    'bytes an event',
    'server CPU an event',
    `${verdict.prices.currency} for 1,000 clients and an hour`,
  ]
  const rows = contenders.map((way) => [
    `\`${way.name}\``,
    formatMilliseconds(way.latencyMs.p50),
    formatMilliseconds(way.latencyMs.p99),
    way.kind === 'push' ? 'one, to open' : formatNumber(perMinute(way)),
    way.kind === 'push' ? '–' : formatPercent(way.emptyShare),
    formatBytes(way.bytes.perDelivery),
    way.server?.cpuMicrosecondsPerDelivery == null ? '–' : `${formatNumber(way.server.cpuMicrosecondsPerDelivery)} µs`,
    way.server === null ? '–' : formatNumber(hourlyCost(way, verdict.prices) * 1000),
  ])
  return [
    `\`${command}\`, seed ${seed}: ${workload.clients} clients of each way, ${rounds} of ${formatNumber(workload.seconds)} s, ${formatNumber(workload.eventsPerSecond)} events a second. Kept in [compare/${name}.json](compare/${name}.json).`,
    '',
    `| ${heads.join(' | ')} |`,
    `|${heads.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
    'Its verdict:',
    '',
    ...verdict.sentences.map((sentence) => `- ${sentence}`),
    '',
    `${verdict.formulas.prices}.`,
  ].join('\n')
}

function perMinute({ requests, clients, seconds }) {
  return (requests * 60) / Math.max(1, clients) / Math.max(seconds, 0.001)
}
