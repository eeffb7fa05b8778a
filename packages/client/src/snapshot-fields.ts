import type { LiveSnapshot, LiveState } from './live-view.ts'

/** A view's snapshot, field by field, for those who ask for one only. */
export abstract class SnapshotFields implements LiveSnapshot {
  abstract getSnapshot(): LiveSnapshot

  get records(): LiveSnapshot['records'] {
    return this.getSnapshot().records
  }
  get state(): LiveState {
    return this.getSnapshot().state
  }
  get reason(): LiveSnapshot['reason'] {
    return this.getSnapshot().reason
  }
  get error(): LiveSnapshot['error'] {
    return this.getSnapshot().error
  }
  get hasOlder(): boolean {
    return this.getSnapshot().hasOlder
  }
  get loadingOlder(): boolean {
    return this.getSnapshot().loadingOlder
  }
  get hasNewer(): boolean {
    return this.getSnapshot().hasNewer
  }
  get loadingNewer(): boolean {
    return this.getSnapshot().loadingNewer
  }
  get cursor(): string | null {
    return this.getSnapshot().cursor
  }
}
