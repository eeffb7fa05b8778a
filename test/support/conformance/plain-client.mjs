/**
 * A client without the SDK, by `fetch` alone: a page, then an event stream. It passes every case of
 * `dovetail conformance`. With PLANTED=1 it makes, in each case, the mistake that the case is for.
 */
import { argv, env, exit, stdin, stdout } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'

const [, , base, channel] = argv
const has = (title) => env.PLANTED === '1' && env.DOVETAIL_CASE === title
const planted = {
  followsFromNow: has('page and stream join'),
  takesHalfPage: has('cut during the first page'),
  takesIdBeforeData: has('cut in the middle of an event'),
  keepsFirstCursor: has('cut between catch-up and live'),
  comesBackFromNow: has("cut right after a write's reply"),
  givesUp: has('cut again and again'),
  ignoresTombstones: has('records deleted and changed while away'),
  ignoresReset: has('reset in the middle of a stream') || has('another epoch'),
  keepsPage: has('another epoch between page and stream'),
  givesUpAtOnce: has('the server crashes and is started again'),
  endsWithNode: has('a node drains and another is there'),
  isImpatient: has('slow server'),
  takesAll: has('every message twice') || has('cut between catch-up and live'),
  printsTruncated: has('large records'),
  hurries: has('refused for a while'),
  neverRenews: has('token expires while connected') || has('token expires while away'),
}

let token = env.DOVETAIL_TOKEN
let cursor = null
let revs = new Map()
let cuts = 0
const print = (value) => stdout.write(`${JSON.stringify(value)}\n`)
const url = (path) => `${base}/v1/channels/${channel}${path}`

class Refused extends Error {
  constructor(retryAfter) {
    super('refused')
    this.retryAfter = retryAfter
  }
}

async function ask(address, headers = {}) {
  const limit = planted.isImpatient ? { signal: AbortSignal.timeout(1000) } : {}
  const reply = await fetch(address, { headers: { ...headers, authorization: `Bearer ${token}` }, ...limit })
  if (reply.status === 401 && !planted.neverRenews) await renew()
  if (!reply.ok) throw new Refused(Number(reply.headers.get('retry-after') ?? 0))
  return reply
}

async function renew() {
  const reply = await fetch(`${base}/v1/guests`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
  token = (await reply.json()).token
}

async function take(record) {
  if (record.rev <= (revs.get(record.id) ?? 0) && !planted.takesAll) return
  if (record.deleted && planted.ignoresTombstones) return
  const isTruncated = record.truncated === true && !planted.printsTruncated
  const whole = isTruncated ? await (await ask(url(`/messages/${record.id}`))).json() : record
  revs.set(whole.id, whole.rev)
  print(whole)
}

/** Half a page may have whole records in it. */
async function readHalf(reply) {
  let text = ''
  try {
    for await (const bytes of reply.body) text += new TextDecoder().decode(bytes)
    return JSON.parse(text)
  } catch {
    return { records: [], cursor: (await (await ask(url('/changes'))).json()).cursor }
  }
}

async function readPage() {
  const reply = await ask(url('/messages?limit=50'))
  const page = planted.takesHalfPage ? await readHalf(reply) : await reply.json()
  for (const record of page.records) await take(record)
  cursor = page.cursor
}

async function receive(name, id, data) {
  if (name === 'changes') {
    for (const { collection, record } of JSON.parse(data).changes) if (collection === 'messages') await take(record)
    if (!planted.keepsFirstCursor) cursor = id
  } else if (name === 'reset') {
    if (planted.ignoresReset || planted.keepsPage) {
      cursor = id
      return
    }
    print({ reset: true })
    revs = new Map()
    // Where the page does not come, it is asked for again: nothing is followed without it.
    cursor = null
    await readPage()
  } else if (name === 'expiring') {
    if (!planted.neverRenews) await renew()
  } else if (name === 'goaway' && planted.endsWithNode) exit(0)
}

async function takeBlock(block) {
  const field = (name) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? ''
  if (field('data') !== '') await receive(field('event'), field('id'), field('data'))
}

async function followOnce() {
  const after = planted.followsFromNow || (planted.comesBackFromNow && cuts > 0) ? '' : `after=${cursor}&`
  const reply = await ask(url(`/changes?${after}maxBytes=32768`), { accept: 'text/event-stream' })
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of reply.body) {
    text += decoder.decode(bytes, { stream: true })
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      await takeBlock(text.slice(0, end))
      text = text.slice(end + 2)
    }
    if (planted.takesIdBeforeData) cursor = /^id: (.*)$/m.exec(text)?.[1] ?? cursor
  }
}

stdin.on('end', () => exit()).resume()
for (;;) {
  try {
    if (cursor === null) await readPage()
    if (planted.followsFromNow) await pause(1500)
    await followOnce()
  } catch (error) {
    cuts += 1
    if (planted.givesUpAtOnce || (planted.givesUp && cuts > 2)) exit(1)
    const waitMs = planted.hurries ? 0 : (error.retryAfter ?? 0) * 1000
    await pause(200 + waitMs)
  }
}
