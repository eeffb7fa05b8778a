/** The lines of one channel's export: its facts, its records by revision, and a cursor after each page. */
import type { Requests } from '../requests/requests.ts'
import type { NamedUsers } from './accounts.ts'

interface Page {
  readonly channel: string
  readonly visibility: string
  readonly title: string | null
  readonly createdAt: string
  readonly cursor: string
  readonly head: number
  readonly records: readonly object[]
  readonly more: boolean
}

/**
 * Goes on until it has reached the head, so that the lines together are the state of the channel at the last cursor: a
 * record that changed meanwhile comes again, and its last line counts. `after`: a cursor of an earlier export, or `0`.
 */
export async function* exportChannel(
  requests: Requests,
  channel: string,
  after: string,
  users: NamedUsers,
): AsyncGenerator<string, void> {
  let cursor = after
  let isFirst = true
  for (;;) {
    const path = `/v1/export/${encodeURIComponent(channel)}?after=${cursor}`
    const page = (await requests.ask('GET', path)) as Page
    const { visibility, title, createdAt, head, more } = page
    if (isFirst) yield JSON.stringify({ channel, visibility, title, createdAt })
    isFirst = false
    for (const record of page.records) {
      users.note(record)
      yield JSON.stringify({ channel, record })
    }
    yield JSON.stringify({ channel, cursor: page.cursor, head, complete: !more })
    cursor = page.cursor
    if (!more) return
  }
}
