/**
 * Bugs that servers of several nodes tend to have, planted from outside: as a store that stands
 * before the real one, or over one method of the core. No switch for them ships.
 */

import { WatchedStore } from '../../packages/server/src/core/cluster/watched-store.ts'
import { Hub } from '../../packages/server/src/core/log/hub.ts'
import { type Store, StoreUnavailable, type Unit, type UnitOutcome } from '../../packages/server/src/ports/store.ts'
import { faults } from '../join/faults.ts'
import { through } from '../join/through.ts'
import { epochIgnored } from './epoch-ignored.ts'

export const clusterBugs = {
  /** No bug: a reply that gets lost now and then, so that writers try again elsewhere. */
  'lost-replies': losingReplies,

  /** Bells are lost, and nobody looks where the heads stand. */
  'notifications-lost-and-no-poll': (store: Store): Store => {
    WatchedStore.prototype.check = () => {}
    WatchedStore.prototype.checkAfterGap = () => {}
    // Every read of the store that finds the log ahead would repair the hub, too.
    Hub.prototype.checkHead = () => {}
    return store
  },

  /** A revision is assigned, and sent to peers, before the commit. */
  'revision-before-commit': faults['reply-before-commit'],

  /** Whoever is caught up begins one too high. */
  'catch-up-off-by-one': faults['catch-up-off-by-one'],

  /** A database that was put back goes on as if it were the same log. */
  'epoch-ignored': epochIgnored,

  /** Each node remembers the keys that it has seen itself, and no others. */
  'keys-per-node': (store: Store): Store => losingReplies(keysOfThisNode(store)),
} satisfies Record<string, (store: Store) => Store>

export type ClusterBug = keyof typeof clusterBugs

export function isClusterBug(name: string | undefined): name is ClusterBug {
  return name !== undefined && Object.hasOwn(clusterBugs, name)
}

const lostOneIn = 10

/** The commit is done, and its answer lost: the writer can't know. */
function losingReplies(store: Store): Store {
  let commits = 0
  return {
    ...through(store),
    commit: async (group) => {
      const outcomes = await store.commit(group)
      if (++commits % lostOneIn === 0) throw new StoreUnavailable('the reply was lost')
      return outcomes
    },
  }
}

function keysOfThisNode(store: Store): Store {
  const done = new Map<string, UnitOutcome>()
  const nameOf = ({ channel, writes }: Unit): string => `${channel} ${writes[0]?.author} ${writes[0]?.key?.key}`
  return {
    ...through(store),
    commit: async (group) => {
      const fresh = group.filter((unit) => !done.has(nameOf(unit)))
      const bare = fresh.map((unit) => ({ ...unit, writes: unit.writes.map(({ key: _key, ...write }) => write) }))
      const outcomes = bare.length === 0 ? [] : await store.commit(bare)
      for (const [index, unit] of fresh.entries()) {
        const outcome = outcomes[index]
        if (outcome?.kind === 'committed' && unit.writes[0]?.key !== undefined) done.set(nameOf(unit), outcome)
      }
      return group.map((unit) => done.get(nameOf(unit)) ?? outcomes[fresh.indexOf(unit)] ?? refused)
    },
    // What another node remembers is not asked for.
    lookup: async (channel, targets) => store.lookup(channel, targets),
  }
}

const refused: UnitOutcome = { kind: 'refused', reason: 'conflict', write: 0 }
