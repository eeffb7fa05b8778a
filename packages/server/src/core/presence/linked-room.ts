import type { ElsewherePresence, OwnPresence } from '../../ports/presence.ts'

/** A presence room as this node has it, as far as `presence-sync.ts` joins it with those of other nodes. */
export interface LinkedRoom {
  /** What it is called between nodes. */
  readonly name: string
  /** The version to ask for the moves of other nodes with; `null`: they were never asked for. */
  version: string | null
  /** What is published of one of this node's users, who may have left. */
  own(user: string): Pick<OwnPresence, 'connections' | 'since' | 'state' | 'stateAt'>
  ownUsers(): readonly string[]
  /** Takes over what a user does on the other nodes. */
  learn(found: ElsewherePresence): void
  /** The same for everyone on the other nodes: whoever is not named is on none of them. */
  learnAll(found: readonly ElsewherePresence[]): void
  /** The next flush sends everyone, not what moved. */
  sendAllNext(): void
  /** Something may have been learned: the next flush sends it to readers. */
  announce(): void
}
