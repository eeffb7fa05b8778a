/**
 * The policy of users' own feeds: channels `me:<user>` that only this user may read and only the server writes
 * (docs/protocol.md, "The feed of one's own"). No configuration may name this namespace.
 */
import type { NamespaceConfig } from './policy-config.ts'

export const ownFeedNamespace = 'me'
export const feedMemberships = 'memberships'
export const feedMarkers = 'markers'

const writtenByTheServer = { write: 'nobody', edit: 'nobody', unread: false } as const

/** Reading is decided by whose feed it is (`authorize.ts`), so that neither a rule nor a grant opens it to others. */
export const ownFeedConfig: NamespaceConfig = {
  visibility: 'private',
  read: 'nobody',
  create: 'nobody',
  signals: 'nobody',
  collections: { [feedMemberships]: writtenByTheServer, [feedMarkers]: writtenByTheServer },
}
