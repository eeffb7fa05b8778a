import type { Client } from '../../src/index.ts'
import type { FakeServer } from './fake-server.ts'

/** The channel that most tests write to. */
export const channel = 'chat:general'

export const messages = (client: Client) => client.channel(channel).collection('messages')

/** The texts that the server has, in the order of the log. */
export const stored = (server: FakeServer) =>
  server
    .log(channel)
    .all('messages')
    .map(({ data }) => (data as { text: string }).text)

interface Rows {
  readonly records: readonly { readonly status: string; readonly data: Record<string, unknown> }[]
}

/** A view's rows as `status text`. */
export const rowsOf = (view: Rows) => view.records.map(({ status, data }) => `${status} ${data.text}`)

/** A view's texts. */
export const textsOf = (view: Rows) => view.records.map(({ data }) => data.text)

/** The command of a message, for the fake server's own commits. */
export const say = (text: string, recordId?: string) => ({
  op: 'create',
  collection: 'messages',
  ...(recordId === undefined ? {} : { recordId }),
  data: { text },
})
