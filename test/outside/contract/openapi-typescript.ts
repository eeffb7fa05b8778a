/** A client typed by openapi-typescript: writes, reads and deletes a message, and reads the changes. */
import createClient from 'openapi-fetch'
import type { paths } from './schema.d.ts'

const [, , baseUrl = ''] = process.argv
const print = (...words: unknown[]) => process.stdout.write(`${words.join(' ')}\n`)
const nobody = createClient<paths>({ baseUrl })
const guest = await nobody.POST('/v1/guests', { body: {} })
const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${guest.data?.token}` } })
const collection = { ch: 'chat:typescript', col: 'messages' }
const create = () =>
  client.POST('/v1/channels/{ch}/{col}', {
    params: { path: collection, header: { 'Idempotency-Key': 'one' } },
    body: { text: 'hello' },
  })
const made = await create()
const again = await create()
const page = await client.GET('/v1/channels/{ch}/{col}', { params: { path: collection } })
const [first] = page.data?.records ?? []
const { text } = (first?.data ?? {}) as { text?: string }
print(text, page.data?.records.length, again.data?.id === made.data?.id)
const path = { ...collection, id: String(made.data?.id) }
await client.DELETE('/v1/channels/{ch}/{col}/{id}', { params: { path } })
const { data } = await client.GET('/v1/channels/{ch}/changes', {
  params: { path: { ch: collection.ch }, query: { after: page.data?.cursor ?? '0' } },
})
// By its type the reply may also be the text of an event stream, for which nobody asked.
const record = typeof data === 'object' ? data.changes[0]?.record : undefined
print('deleted', record !== undefined && 'deleted' in record && record.deleted)
const refused = await client.GET('/v1/channels/{ch}/{col}/{id}', { params: { path } })
print('refused', refused.error?.status)
