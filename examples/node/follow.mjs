// Follows a channel by the SDK: a page by REST, then what changes after it, without a gap and without a repeat.
//
//   npm install dovetail-client
//   node follow.mjs http://localhost:4600 chat:general
//
// The SDK comes back from every cut and asks for a token when one expires. Prints a line of JSON for each record: the
// page's first, then each change as it comes; {"reset":…} says that all lines before it are void.
import { createClient } from 'dovetail-client'

const [, , url, name] = process.argv
let token = process.env.DOVETAIL_TOKEN
let isFirst = token !== undefined

// A guest's own token gives a fresh one for the same guest.
async function getToken() {
  if (isFirst) {
    isFirst = false
    return token
  }
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(`${url}/v1/guests`, { method: 'POST', headers })
  token = (await response.json()).token
  return token
}

const client = createClient({ url, getToken, storage: null })
const channel = client.channel(name)
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)

// Until it has come: the first request may meet a line that is down.
async function readPage() {
  for (;;) {
    try {
      return await channel.collection('messages').list({ limit: 50 })
    } catch (error) {
      if (error.code !== 'network' && error.retryAfter === null && error.status < 500) throw error
      await new Promise((resolve) => setTimeout(resolve, (error.retryAfter ?? 0.5) * 1000))
    }
  }
}

// Returns on a reset: what was read before is void.
async function followPage() {
  const { records, cursor } = await readPage()
  for (const record of records) print(record)
  for await (const followed of channel.follow({ after: cursor })) {
    if (followed.type === 'reset') return print({ reset: followed.reason })
    for (const { collection, record } of followed.changes) if (collection === 'messages') print(record)
  }
}

process.stdin.on('end', () => process.exit()).resume()
for (;;) await followPage()
