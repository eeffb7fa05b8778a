/** Whether events come on a stream at once and as they were sent, and whether it stays open. */
import { type Finding, seconds } from '../finding.ts'
import { ask, bearer, changesUrl, type Patient, write } from '../patient.ts'
import { howItEnded } from './how-it-ended.ts'
import { WatchedStream } from './watched-stream.ts'

/** How long an event may take that the server has sent. A loaded machine takes a second or two. */
const eventMs = 10_000
/** How long to wait for the head of a reply, which a proxy that holds back the body may hold back too. */
const headMs = 3000
const lastMs = 2000

export async function probeStream(patient: Patient): Promise<Finding[]> {
  const endAt = performance.now() + patient.watchMs
  const stream = new WatchedStream(patient)
  try {
    const findings = await receive(patient, stream)
    if (findings.some(({ fault }) => fault === 'stream-buffered')) return findings
    await stream.until(() => false, endAt - performance.now())
    if (stream.endedAt === null || stream.text.includes('event: goaway')) return findings
    const how = await howItEnded(patient, stream, endAt)
    return how === null ? findings : [...findings, how]
  } finally {
    stream.close()
  }
}

async function receive(patient: Patient, stream: WatchedStream): Promise<Finding[]> {
  await stream.until(() => stream.head !== null, headMs)
  const id = await write(patient)
  let isThere = await stream.until(() => stream.text.includes(id), eventMs)
  // Another reply and another moment, so that a slow machine is no proxy that holds back.
  if (!isThere) {
    await ask(changesUrl(patient), { headers: bearer(patient.token) })
    isThere = await stream.until(() => stream.text.includes(id), lastMs)
  }
  const status = stream.head?.statusCode
  if (status !== undefined && status !== 200) throw new Error(`a stream was answered with status ${status}`)
  const findings: Finding[] = []
  const encoding = stream.head?.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity')
    findings.push({ fault: 'stream-compressed', seen: `an event stream came with Content-Encoding: ${encoding}` })
  if (!isThere && stream.endedAt === null)
    findings.push({
      fault: 'stream-buffered',
      seen: `an event did not come on a stream within ${seconds(eventMs)} of its write, which was acknowledged`,
    })
  return findings
}
