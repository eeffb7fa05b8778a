/**
 * A worker of the consumer `mail`, for tests that kill it: `node consuming-worker.mjs NAME FILE TOKEN URL…`. It appends to
 * the file what it is given, before it deals with it, and what was acknowledged, once the server said so. Where a server
 * does not answer, it asks the next one.
 */
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const [name, file, token, ...urls] = process.argv.slice(2)
let turn = 0

/** Asks again where there is no answer. @returns {Promise<{ status: number, body: any }>} */
async function ask(verb, body) {
  for (;;) {
    const url = `${urls[turn % urls.length]}/v1/consumers/mail/${verb}`
    try {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
      const text = await answer.text()
      if (answer.status < 500) return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
    } catch {
      // It was killed.
    }
    turn++
    await sleep(50)
  }
}

function note(word, { channels }) {
  const lines = channels.map(({ channel, from, to }) => JSON.stringify({ worker: name, word, channel, from, to }))
  if (lines.length > 0) appendFileSync(file, `${lines.join('\n')}\n`)
}

for (;;) {
  const { body: page } = await ask('next?wait=2&limit=5', { worker: name })
  if (page.lease === undefined) throw new Error(JSON.stringify(page))
  if (page.lease === null) continue
  note('given', page)
  await sleep(Math.random() * 100)
  const channels = page.channels.map(({ channel, cursor }) => ({ channel, cursor }))
  const { status } = await ask('acknowledge', { lease: page.lease, channels })
  if (status === 204) note('acknowledged', page)
}
