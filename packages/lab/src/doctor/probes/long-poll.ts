/** Whether a long-poll is answered by the server, and not by a proxy that did not wait for it. */
import { type Finding, seconds } from '../finding.ts'
import { ask, bearer, changesUrl, type Patient, type Reply } from '../patient.ts'

/** What a server itself answers to a poll that it took; each ends the waiting. */
const ownStatuses: ReadonlySet<number> = new Set([200, 410, 429])

export async function probeLongPoll(patient: Patient): Promise<Finding[]> {
  const headers = bearer(patient.token)
  const endAt = performance.now() + patient.watchMs
  let cursor = cursorOf(await ask(changesUrl(patient), { headers }))
  // Other probes write to the channel, which answers a poll early: then the next one waits.
  for (;;) {
    const wait = Math.floor((endAt - performance.now()) / 1000)
    if (wait < 1) return []
    const askedAt = performance.now()
    const reply = await ask(changesUrl(patient, `?after=${cursor}&wait=${wait}`), { headers }).catch(() => null)
    const after = `after ${seconds(performance.now() - askedAt)}`
    if (reply === null) return [finding(`a long-poll that may wait ${wait} s was cut ${after}`)]
    if (isDraining(reply)) throw new Error('the server is draining')
    if (!ownStatuses.has(reply.status))
      return [finding(`a long-poll that may wait ${wait} s was answered with status ${reply.status} ${after}`)]
    cursor = cursorOf(reply)
  }
}

function finding(seen: string): Finding {
  return { fault: 'long-poll-cut', seen }
}

function cursorOf({ status, text, headers }: Reply): string {
  if (status !== 200) throw new Error(`a poll was answered with status ${status}`)
  return String(headers['dovetail-cursor'] ?? (JSON.parse(text) as { cursor: string }).cursor)
}

function isDraining({ status, headers }: Reply): boolean {
  return status === 503 && String(headers['content-type']).startsWith('application/problem+json')
}
