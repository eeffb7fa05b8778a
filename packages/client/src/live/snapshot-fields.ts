import type { LiveSnapshot } from './live-view.ts'

const fields = [
  'records',
  'state',
  'reason',
  'error',
  'hasOlder',
  'loadingOlder',
  'hasNewer',
  'loadingNewer',
  'cursor',
] as const satisfies readonly (keyof LiveSnapshot)[]

/** The constructor below defines each field as a getter of the snapshot's. */
export interface SnapshotFields extends LiveSnapshot {}

/** Gives access to single fields of a view's snapshot. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the getters are defined for each field of the interface
export abstract class SnapshotFields {
  abstract getSnapshot(): LiveSnapshot

  constructor() {
    for (const name of fields) Object.defineProperty(this, name, { get: () => this.getSnapshot()[name] })
  }
}
