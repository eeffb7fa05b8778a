/** What an export keeps of the people in its records: profiles and read markers. */
import type { Requests } from '../requests/requests.ts'

/** The users that the records of an export name: as authors, and by memberships. */
export class NamedUsers {
  readonly #users = new Set<string>()

  note(record: { readonly author?: unknown; readonly collection?: unknown; readonly data?: unknown }): void {
    if (typeof record.author === 'string' && record.author !== '') this.#users.add(record.author)
    const { user } = (record.data ?? {}) as { user?: unknown }
    if (record.collection === 'members' && typeof user === 'string') this.#users.add(user)
  }

  /** A line for each user of whom anything is kept. */
  async *lines(requests: Requests): AsyncGenerator<string, void> {
    for (const user of [...this.#users].sort()) {
      const path = `/v1/users/${encodeURIComponent(user)}/account`
      const account = (await requests.ask('GET', path)) as { profile?: object; channels: readonly object[] }
      if (account.profile !== undefined || account.channels.length > 0) yield JSON.stringify({ user, account })
    }
  }
}
