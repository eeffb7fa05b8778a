import type { Store } from '../../packages/server/src/ports/store.ts'

/** A store's methods as a plain object, so that some of them can be replaced. */
export function through(store: Store): Store {
  return {
    commit: (group) => store.commit(group),
    open: (channel) => store.open(channel),
    drop: (name) => store.drop(name),
    channel: (name) => store.channel(name),
    channels: (query) => store.channels(query),
    look: (channel, targets, key) => store.look(channel, targets, key),
    page: (query) => store.page(query),
    changes: (query) => store.changes(query),
    snapshot: (query) => store.snapshot(query),
    search: (query) => store.search(query),
    purge: (before) => store.purge(before),
    renew: () => store.renew(),
    profile: (user) => store.profile(user),
    saveProfile: (profile) => store.saveProfile(profile),
    close: () => store.close(),
  }
}
