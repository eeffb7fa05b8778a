/** Whether a reply that may not be kept, or has to be asked for again each time, comes from a cache all the same. */
import type { Finding } from '../finding.ts'
import { ask, bearer, messagesUrl, type Patient, type Request, write } from '../patient.ts'

export async function probeCache(patient: Patient): Promise<Finding[]> {
  const page = messagesUrl(patient, '?limit=20')
  // Caches leave alone what has an authorization: where anybody may read, it is read without.
  const isOpen = (await ask(page)).status === 200
  const request: Request = isOpen ? {} : { headers: bearer(patient.token) }
  await ask(page, request)
  const id = await write(patient)
  const { text, headers } = await ask(page, request)
  const age = headers.age === undefined ? '' : ` (its Age: ${headers.age})`
  if (!text.includes(id))
    return [
      { fault: 'cached', seen: `a page lacked a message that was acknowledged before the page was asked for${age}` },
    ]
  const limits = await ask(`${patient.url}/v1/limits`)
  if (Number(limits.headers.age ?? 0) === 0) return []
  return [
    { fault: 'cached', seen: `/v1/limits, which is "no-store", came from a cache (its Age: ${limits.headers.age})` },
  ]
}
